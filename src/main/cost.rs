//! What pulls cost.

use vpcprobe::cost::{self, Asked, BUILT_IN, Image, Prices, asked};
use vpcprobe::edge;
use vpcprobe::edge::args::CostArgs;
use vpcprobe::inputs::{ImageRef, RawInputs, Region, Vantage, shown};
use vpcprobe::plan::Plan;
use vpcprobe::redact::Redactor;
use vpcprobe::report::Report;
use vpcprobe::sink::Sink;

use super::commands::{InputError, is_text, make_plan, one_stdin, plan_again, read_report};
use super::output::look;
use super::process;

/// Say what these pulls cost.
pub(crate) fn cost(args: &CostArgs) -> Result<u8, InputError> {
    if args.show_prices {
        return Ok(process::print(BUILT_IN));
    }
    let is_text = is_text("a price", args.format.as_deref())?;
    one_stdin(&[path(args)], args.prices.as_deref())?;
    let mut asked = asked(args)?;
    let (prices, mut file) = prices(args.prices.as_deref(), &asked.region)?;
    if args.redact {
        file = redact(&mut asked, &file);
    }
    let cost = cost::cost(&asked, &prices, &file);
    let shown = if is_text { cost::text::render(&cost, look(&Sink::Stdout)) } else { cost::json(&cost) };
    Ok(process::print(&shown))
}

fn asked(args: &CostArgs) -> Result<Asked, InputError> {
    let pulls_milli = asked::pulls(args.pulls_per_day.as_deref().unwrap_or_default())?;
    let zones = asked::zones("--zones", &args.zones)?;
    let nat_gateways = args.nat_gateways.as_deref().map(|word| asked::zones("--nat-gateways", word)).transpose()?;
    let report = args.report.as_deref().map(read_report).transpose()?;
    let (images, mut left_out) = pulled(args, report.as_ref())?;
    let (region, plan) = planned(args, report.as_ref())?;
    let (endpoints, of_others) = asked::endpoints(&plan);
    left_out.extend(of_others);
    Ok(Asked {
        region,
        images,
        pulls_milli,
        zones,
        nat_gateways: nat_gateways.unwrap_or(zones),
        endpoints,
        s3_by_interface: report.as_ref().is_some_and(asked::is_s3_by_interface),
        left_out,
    })
}

/// Aliases in place of what names an owner; the file of prices by its alias.
fn redact(asked: &mut Asked, file: &str) -> String {
    let redactor = Redactor::of(&[]);
    for name in asked.images.iter_mut().filter_map(|image| image.image.as_mut()).chain(&mut asked.left_out) {
        *name = redactor.text(name);
    }
    if file == "built-in" { file.to_owned() } else { redactor.text(file) }
}

/// What is pulled, and what of the report's images is in no sum.
fn pulled(args: &CostArgs, report: Option<&Report>) -> Result<(Vec<Image>, Vec<String>), InputError> {
    let image = args.image.as_deref();
    match (args.bytes.as_deref(), report) {
        (Some(word), _) => {
            Ok((vec![Image { image: image.map(str::to_owned), bytes: asked::bytes(word)? }], Vec::new()))
        }
        (None, Some(report)) => {
            asked::images(report, image).map_err(|why| InputError(format!("report {}: {why}", shown(path(args)))))
        }
        (None, None) => Err(InputError(no_size(image))),
    }
}

/// The Region, and the plan that says which endpoints the start needs: the report's, or one on Fargate with what else was
/// named.
fn planned(args: &CostArgs, report: Option<&Report>) -> Result<(Region, Plan), InputError> {
    let flag = args.region.as_deref().filter(|region| !region.is_empty()).map(str::to_owned);
    let of_image = args.image.as_deref().map(ImageRef::parse).transpose();
    let of_image = of_image.map_err(|why| refused(args, &why))?.and_then(|image| image.ecr).map(|ecr| ecr.region);
    let of_report = report.map(|report| report.inputs.region.clone());
    let region = flag.or_else(|| of_report.or(of_image).map(String::from));
    let raw = RawInputs { region, services: args.service.clone(), ..RawInputs::default() };
    if raw.region.is_none() {
        let why =
            "--region: not given, and neither a report nor an image of ECR names one: expected one such as us-east-1";
        return Err(InputError(why.to_owned()));
    }
    let (inputs, plan) = make_plan(&raw, &Vantage::default())?;
    if let (Some(image), None) = (&args.image, report) {
        asked::carried(image, &inputs.region).map_err(|why| refused(args, &why))?;
    }
    let of_report = report.map(|report| plan_again(path(args), report)).transpose()?;
    Ok((inputs.region, of_report.unwrap_or(plan)))
}

/// The report's file.
fn path(args: &CostArgs) -> &str {
    args.report.as_deref().unwrap_or_default()
}

fn refused(args: &CostArgs, why: &str) -> InputError {
    InputError(format!("--image {}: {why}", shown(args.image.as_deref().unwrap_or_default())))
}

/// The prices of the Region, and what their file is called.
fn prices(path: Option<&str>, region: &Region) -> Result<(Prices, String), InputError> {
    let Some(path) = path else {
        let prices = Prices::read(BUILT_IN, region.as_str()).map_err(|why| {
            InputError(format!("{why}: give them by --prices FILE, such as vpcprobe cost --show-prices prints"))
        })?;
        return Ok((prices, "built-in".to_owned()));
    };
    let read = Prices::read(&edge::read_list("--prices", path)?, region.as_str());
    Ok((read.map_err(|why| InputError(format!("--prices {}: {why}", shown(path))))?, shown(path)))
}

/// Why nothing says how large the image is.
fn no_size(image: Option<&str>) -> String {
    let what = image.map_or("the image".to_owned(), |image| format!("--image {}", shown(image)));
    format!(
        "{what}: its size is not known, and this command asks no registry: give --bytes, or --report with the report of a \
         run that replayed its pull"
    )
}
