//! A stop reason, read.

use serde::Serialize;

use super::address::{Address, AddressKind, AddressRole, addresses};
use super::causes::{Seen, likely};
use super::facts::Facts;
use super::faults::{self, Fault};
use super::fixes::{Site, of_findings, of_steps};
use super::steps::{self, Step};
use super::text::Text;
use super::unseen::{self, Unseen};
use super::worked::{self, Worked};
use super::{Cause, Fix, echo, findings, notes, settle};
use crate::diagnosis::aws;

/// What a pasted text says.
#[derive(Debug, Serialize)]
pub struct StopReason {
    /// Whether it is a stop reason that is known.
    pub known: bool,
    /// The text, cut and cleaned.
    pub text: String,
    /// Where in a task start it stands.
    pub phase: Phase,
    /// Whether AWS answered.
    pub answered: Answered,
    /// By which that is known.
    pub answered_because: String,
    /// What the text means.
    pub meaning: String,
    /// Whether a network probe can see the cause at all.
    pub probe_sees_it: bool,
    /// The addresses in it, and what they prove.
    pub addresses: Vec<Address>,
    /// What worked before.
    pub worked: Vec<Worked>,
    /// The likely findings, most likely first.
    pub findings: Vec<Cause>,
    /// What else to mind.
    pub notes: Vec<&'static str>,
    /// What the text names.
    pub names: Facts,
    /// What to do, most likely first.
    pub fix: Vec<Fix>,
    /// The run that settles it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settle: Option<String>,
}

/// A phase of a task start.
#[derive(Debug, Serialize)]
pub struct Phase {
    /// `P0` to `P8`.
    pub id: &'static str,
    /// The step's stable name.
    pub step: &'static str,
    /// What the platform does in it.
    pub what: &'static str,
}

/// Whether AWS answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// It did: the network path works.
    Yes,
    /// It did not: the network path is what to look at.
    No,
    /// The text does not say.
    Unknown,
}

/// Read a text.
pub(super) fn read(pasted: &str) -> StopReason {
    let text = Text::new(pasted);
    let whole = Text::whole(pasted);
    let facts = Facts::of(&text.plain).or(Facts::of(&text.joined)).or(Facts::of(&whole.plain));
    match unseen::find(&text) {
        Some(row) => of_unseen(row, pasted, facts),
        None => of_seen(&text, pasted, facts),
    }
}

fn of_seen(text: &Text, pasted: &str, facts: Facts) -> StopReason {
    let step = steps::step(text);
    let fault = faults::fault(text);
    if fault == Fault::Unsaid
        && matches!(step, Step::Unknown | Step::Start)
        && let Some(row) = unseen::find_last(text)
    {
        return of_unseen(row, pasted, facts);
    }
    let mut found = in_either(text);
    let other_registry = step.is_of_pull() && names_other_registry(text, &facts);
    if other_registry {
        found.iter_mut().for_each(Address::of_public_registry);
    }
    let seen = Seen { step, fault, addresses: &found, other_registry };
    let ids = likely(&seen);
    let (answered, marker) = faults::answered(text, fault);
    let subject = subject(&seen);
    // What to mend is not always at the step that stopped: a missing token is the token's step's.
    let to_mend = match (step, fault) {
        (Step::Pull, _) if seen.is_s3() => Step::Layers,
        (Step::Registry, Fault::NoCredentials) if !other_registry => Step::Token,
        _ => step,
    };
    let port = found.iter().find(|address| address.role == AddressRole::Peer).and_then(|address| address.port);
    let site = Site::new(to_mend, facts.clone(), other_registry, port);
    let asked_itself = found
        .iter()
        .any(|address| address.role == AddressRole::Resolver && address.address_kind == AddressKind::Loopback);
    StopReason {
        known: step != Step::Unknown,
        text: echo::echo(pasted),
        phase: Phase { what: if seen.is_elsewhere() { step.elsewhere() } else { step.words().what }, ..phase(step) },
        answered,
        answered_because: because(answered, marker, fault, subject),
        meaning: meaning(&seen, subject),
        probe_sees_it: step != Step::Start,
        worked: worked::before(step, answered, notes::is_by_docker(text), seen.is_elsewhere(), subject),
        findings: ids
            .iter()
            .filter_map(|id| findings::row(id))
            .map(|row| Cause { id: row.id, line: row.line })
            .collect(),
        notes: notes::notes(text, &seen),
        fix: if asked_itself { vec![aws::step(READABLE)] } else { of_findings(ids, &site) },
        settle: (step != Step::Unknown || !ids.is_empty()).then(|| settle::settle(step, &facts)).flatten(),
        names: facts,
        addresses: found,
    }
}

/// What helps where the container asked itself for names.
const READABLE: &str = "see that /etc/resolv.conf in the container exists, names a server, and may be read by the \
                        container's user";

fn of_unseen(row: &Unseen, pasted: &str, facts: Facts) -> StopReason {
    let site = Site::new(row.step, facts.clone(), false, None);
    StopReason {
        known: true,
        text: echo::echo(pasted),
        phase: phase(row.step),
        answered: Answered::Unknown,
        answered_because: "not in question: nothing was asked over your subnet here".to_owned(),
        meaning: row.means.to_owned(),
        probe_sees_it: false,
        addresses: Vec::new(),
        worked: worked::before(row.step, Answered::Unknown, false, false, ""),
        findings: Vec::new(),
        notes: Vec::new(),
        fix: of_steps(row.steps, &site),
        settle: None,
        names: facts,
    }
}

/// The addresses, also where a console broke one.
fn in_either(text: &Text) -> Vec<Address> {
    let plain = addresses(&text.plain);
    if plain.is_empty() { addresses(&text.joined) } else { plain }
}

fn phase(step: Step) -> Phase {
    let words = step.words();
    Phase { id: words.phase, step: words.name, what: words.what }
}

/// Whether the image is of a registry that no VPC endpoint serves.
fn names_other_registry(text: &Text, facts: &Facts) -> bool {
    let of_image = facts.image.as_deref().map(|image| !image.contains(".dkr.ecr") && !image.contains(".dkr-ecr"));
    of_image.unwrap_or_else(|| {
        !text.has_any(&[".dkr.ecr", ".dkr-ecr", "Amazon ECR"])
            && text.has_any(&[
                "docker.io",
                "docker.com",
                "cloudflarestorage.com",
                "public.ecr.aws",
                "ghcr.io",
                "quay.io",
                "gcr.io",
                "toomanyrequests",
            ])
    })
}

/// Who was asked.
fn subject(seen: &Seen<'_>) -> &'static str {
    match seen.step {
        Step::SecretsOrToken => "ECR, Secrets Manager or Systems Manager",
        Step::Parameters => "Systems Manager (ssm)",
        Step::Secrets | Step::RegistryCredentials => "Secrets Manager",
        Step::Token => "ECR's API (api.ecr)",
        Step::EnvironmentFiles => "S3 (the environment files)",
        Step::Volumes => "the file system (its EFS mount target)",
        Step::Logs | Step::LogsAtStart => "CloudWatch Logs",
        Step::Registry | Step::Pull if seen.other_registry => "the registry",
        Step::Layers if seen.other_registry => "the registry (or the host that it sends to for layers)",
        Step::Registry => "the registry (ecr.dkr)",
        Step::Layers => "S3 (the layers)",
        Step::Pull if seen.is_s3() => "S3 (the layers)",
        Step::Pull => "the registry (ecr.dkr) or S3 (the layers)",
        Step::StartTimer => "ECR, S3 or CloudWatch Logs",
        Step::Initialization => "one of ECR, Secrets Manager, Systems Manager and CloudWatch Logs",
        Step::Placement
        | Step::Interface
        | Step::Storage
        | Step::Role
        | Step::Reference
        | Step::Unpack
        | Step::Start
        | Step::Running
        | Step::Unknown => "",
    }
}

fn because(answered: Answered, marker: Option<&str>, fault: Fault, subject: &str) -> String {
    let who = if subject.is_empty() { "the other side" } else { subject };
    match (answered, fault) {
        (Answered::Yes, Fault::ServerError) => format!("yes: {who} answered, or a proxy on the way to it"),
        (Answered::Yes, _) => {
            format!("yes, {who} answered: the network path works")
        }
        (Answered::No, Fault::NoSuchHost | Fault::ResolverSilent | Fault::ResolverRefuses | Fault::ResolverFails) => {
            "no: it failed at the name already, before anything of AWS was asked".to_owned()
        }
        (Answered::No, Fault::Refused) => {
            "no: something refused the connection, and AWS's endpoints never do".to_owned()
        }
        (Answered::No, Fault::NoRoute) => "no: no packet left the task".to_owned(),
        (Answered::No, _) => match marker {
            Some(words) => format!("no: \"{words}\" says that nothing came back"),
            None => "no: nothing came back in time".to_owned(),
        },
        (Answered::Unknown, Fault::Unsaid) => "the text does not say".to_owned(),
        (Answered::Unknown, _) => "not certain: something did answer, and it need not have been AWS".to_owned(),
    }
}

/// What the text means, in a sentence or two.
fn meaning(seen: &Seen<'_>, subject: &str) -> String {
    let who = match subject {
        "" => "The other side".to_owned(),
        subject => {
            let mut letters = subject.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    };
    let text = match seen.fault {
        Fault::Unsaid if subject.is_empty() => "It is no stop reason that is known here.",
        Fault::Unsaid => {
            "The text breaks off before it says how it failed, or never said it; what follows is what it usually is."
        }
        Fault::Silent if seen.peer().is_some_and(|kind| kind == AddressKind::TaskMetadata) => {
            "The ECS agent's endpoint on the same host did not answer; that is no question of the VPC."
        }
        Fault::Silent | Fault::NilPointer => {
            return format!("{who} did not answer: the packets, or the answers to them, are lost on the way.");
        }
        Fault::InvalidArgument => "The connection failed in an unusual way that is mostly over with the next attempt.",
        Fault::NoSuchHost => "The name was looked up, and the answer was that it does not exist.",
        Fault::ResolverSilent => "The resolver did not answer, so nothing that goes by a name can work.",
        Fault::ResolverRefuses => "The resolver that was asked refuses the question: nobody listens there.",
        Fault::ResolverFails => "The resolver answered that it could not answer.",
        Fault::Refused => "The connection was refused at once.",
        Fault::NoRoute => "The task has no route to that address.",
        Fault::TlsSilent => {
            "TCP connected, and the TLS handshake got no answer: something between lets the one pass and not the other."
        }
        Fault::TlsAlert => "TCP connected, and the TLS handshake was refused with an alert.",
        Fault::UnknownAuthority => {
            "Who answered showed a certificate of no public CA: an inspecting proxy, or a registry's own CA."
        }
        Fault::WrongName => "Who answered showed a genuine certificate for other names: DNS leads to the wrong place.",
        Fault::CertificateTime => "The certificate's time is over or has not come; or the local clock is off.",
        Fault::NotTls => "Something answered that does not speak TLS here: a proxy or a captive page.",
        Fault::Proxy => "A proxy is in play; the platform's own pull can use none.",
        Fault::Reset => "The connection was reset: by a firewall that rejects, or in the middle of a transfer.",
        Fault::Closed => "The connection was closed without an answer.",
        Fault::CutShort => "The transfer broke off in the middle.",
        Fault::Corrupt => "The bytes that came are not those that the digest promises.",
        Fault::RateLimit if seen.is_elsewhere() => {
            "The registry's limit of pulls is reached: it counts them by address, and all tasks behind one NAT gateway have one."
        }
        Fault::RateLimit => "The limit of requests is reached.",
        Fault::ServerError => "The service, or a proxy before it, answered with an error of its own.",
        Fault::IdentityDenies => "Denied: no policy of the role allows the action.",
        Fault::EndpointDenies if seen.is_s3() => {
            "Denied: the policy of the S3 endpoint does not allow it. The call went through the endpoint, so the route is right."
        }
        Fault::EndpointDenies => {
            "Denied: the policy of the VPC endpoint does not allow the action. The call went through the endpoint, so the \
             route is right."
        }
        Fault::ResourceDenies => "Denied: the resource's own policy does not allow it.",
        Fault::OtherDenies => {
            "Denied by a policy above the role: of the organization (service or resource control policy), a permissions \
             boundary or a session policy."
        }
        Fault::Denied if seen.is_s3() && seen.step != Step::EnvironmentFiles => {
            "S3 refuses the layer, which was asked for with a URL that ECR signed: the policy of the S3 endpoint in between is \
             the usual reason."
        }
        Fault::Denied if seen.step == Step::EnvironmentFiles => {
            "Denied: the file does not exist (S3 says 403 for that, too), or the execution role or the endpoint's policy does \
             not allow it."
        }
        Fault::Denied if seen.is_elsewhere() => {
            "The registry refuses it: it was asked without credentials, or with those of a user who may not pull the image."
        }
        Fault::Denied => "Denied, and the text does not say by which policy.",
        Fault::EfsDenied => "EFS refuses the mount: the file system's policy or the task role does not allow it.",
        Fault::TokenRejected => "The credentials or the registry token are expired or not valid there.",
        Fault::PresignedExpired => {
            "The presigned URL was used too late: the pull took longer than it holds, or the clock is off."
        }
        Fault::ClockSkew => "The signature's time is off: the clock of the one who signed is wrong by minutes.",
        Fault::NoCredentials if seen.other_registry => {
            "The registry wants credentials, and none that it takes were given."
        }
        Fault::NoCredentials => {
            "The registry was asked without a token that it takes: the step that fetches the token failed before, \
             or the image's account or Region is wrong."
        }
        Fault::PlatformMissing => {
            "The image exists, and has no variant for the task's CPU architecture and operating system."
        }
        Fault::LogGroupMissing => "The log group does not exist in the Region that the task definition names.",
        Fault::RepositoryMissing if seen.is_elsewhere() => {
            "The registry knows no such image, or does not show it to who asks."
        }
        Fault::RepositoryMissing => {
            "The repository does not exist under that name in that account and Region, or may not be seen."
        }
        Fault::ImageMissing => "The registry has no such tag or digest.",
        Fault::SecretMissing => "What the task definition names does not exist in that Region.",
        Fault::SecretDeleted => "The secret is marked for deletion.",
        Fault::SecretKeyMissing => "The secret exists, and has no such JSON key.",
        Fault::NotFound => "AWS answered that what was asked for does not exist.",
    };
    text.to_owned()
}
