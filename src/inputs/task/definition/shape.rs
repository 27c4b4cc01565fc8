//! The parts of a task definition that are read. They name only what is needed: `environment`, `command`, labels and
//! everything else has no field to stand in.

use serde::Deserialize;

use crate::inputs::task::node::Field;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Task<'a> {
    #[serde(borrow)]
    pub(super) task_definition: Field<'a>,
    #[serde(borrow)]
    pub(super) container_definitions: Field<'a>,
    #[serde(borrow)]
    pub(super) family: Field<'a>,
    #[serde(borrow)]
    pub(super) revision: Field<'a>,
    #[serde(borrow)]
    pub(super) task_definition_arn: Field<'a>,
    #[serde(borrow)]
    pub(super) execution_role_arn: Field<'a>,
    #[serde(borrow)]
    pub(super) task_role_arn: Field<'a>,
    #[serde(borrow)]
    pub(super) runtime_platform: Field<'a>,
    #[serde(borrow)]
    pub(super) requires_compatibilities: Field<'a>,
    #[serde(borrow)]
    pub(super) volumes: Field<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Container<'a> {
    #[serde(borrow)]
    pub(super) name: Field<'a>,
    #[serde(borrow)]
    pub(super) image: Field<'a>,
    #[serde(borrow)]
    pub(super) repository_credentials: Field<'a>,
    #[serde(borrow)]
    pub(super) secrets: Field<'a>,
    #[serde(borrow)]
    pub(super) environment_files: Field<'a>,
    #[serde(borrow)]
    pub(super) log_configuration: Field<'a>,
    #[serde(borrow)]
    pub(super) firelens_configuration: Field<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogConfiguration<'a> {
    #[serde(borrow)]
    pub(super) log_driver: Field<'a>,
    #[serde(borrow)]
    pub(super) options: Field<'a>,
    #[serde(borrow)]
    pub(super) secret_options: Field<'a>,
}

/// Of the options only these: those of other drivers may hold tokens.
#[derive(Deserialize)]
pub(super) struct LogOptions<'a> {
    #[serde(borrow, rename = "awslogs-group")]
    pub(super) group: Field<'a>,
    #[serde(borrow, rename = "awslogs-region")]
    pub(super) region: Field<'a>,
    #[serde(borrow, rename = "awslogs-create-group")]
    pub(super) create: Field<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Secret<'a> {
    #[serde(borrow)]
    pub(super) name: Field<'a>,
    #[serde(borrow)]
    pub(super) value_from: Field<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Credentials<'a> {
    #[serde(borrow)]
    pub(super) credentials_parameter: Field<'a>,
}

#[derive(Deserialize)]
pub(super) struct File<'a> {
    #[serde(borrow)]
    pub(super) r#type: Field<'a>,
    #[serde(borrow)]
    pub(super) value: Field<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Volume<'a> {
    #[serde(borrow)]
    pub(super) name: Field<'a>,
    #[serde(borrow)]
    pub(super) efs_volume_configuration: Field<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Efs<'a> {
    #[serde(borrow)]
    pub(super) file_system_id: Field<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Runtime<'a> {
    #[serde(borrow)]
    pub(super) cpu_architecture: Field<'a>,
    #[serde(borrow)]
    pub(super) operating_system_family: Field<'a>,
}
