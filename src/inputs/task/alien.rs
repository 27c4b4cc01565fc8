//! What a JSON document is when it is no task definition: people paste what lies near.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::node::Node;
use crate::inputs::Error;

const EXPECTED: &str = "expected what `aws ecs describe-task-definition` prints or `register-task-definition` takes";

/// Keys that only the document named beside them has.
const MARKS: &[(&[&str], &str)] = &[
    (
        &["ContainerDefinitions", "AWSTemplateFormatVersion", "Resources", "Properties"],
        "a template of CloudFormation, whose keys are written otherwise",
    ),
    (&["container_definitions"], "a resource of Terraform, whose keys are written otherwise"),
    (&["taskDefinitionArns", "families", "familyPrefix"], "a list of task definitions without what stands in them"),
    (&["clusters", "clusterArns", "clusterName", "cluster_name"], "a cluster"),
    (&["services", "serviceArns", "serviceArn", "serviceName"], "a service"),
    (&["tasks", "taskArns", "taskArn", "containers", "overrides", "containerOverrides"], "a task, or what starts one"),
    (&["image", "logConfiguration", "essential"], "a single container's definition"),
    (&["taskDefinition"], "something that only names a task definition"),
    (&["schema_version"], "a report of vpcprobe"),
];

/// Say that a document is no task definition, and what it looks like.
pub(super) fn refusal(node: &Node<'_>) -> Error {
    let keys: BTreeMap<String, &RawValue> = match node.object() {
        Ok(keys) => keys,
        Err(_) if node.kind() == "a list" => {
            return node.refuse(&format!("a list, such as Terraform's container definitions: {EXPECTED}"));
        }
        Err(_) => return node.refuse(&format!("{}: {EXPECTED}", node.kind())),
    };
    let mark = MARKS.iter().find(|(marks, _)| marks.iter().any(|mark| keys.contains_key(*mark)));
    let what = mark.map_or("JSON without containerDefinitions", |(_, what)| what);
    node.refuse(&format!("{what}: {EXPECTED}"))
}
