//! The lab's own task definition: one of everything that AWS always holds.

use serde_json::json;

use crate::catalog;
use crate::world::World;

/// Its text.
pub fn usual(world: &World) -> String {
    let vpc = &world.scenario.vpc;
    let (region, account) = (&vpc.region, &vpc.account);
    let arn = |service: &str, rest: &str| {
        format!("arn:{}:{service}:{region}:{account}:{rest}", catalog::partition(region).id)
    };
    let role = format!("arn:{}:iam::{account}:role/{}", catalog::partition(region).id, world.scenario.task.role);
    let document = json!({
        "family": "app",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": role,
        "runtimePlatform": { "cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX" },
        "containerDefinitions": [{
            "name": "app",
            "image": "{registry}/app:1.0",
            "essential": true,
            "environment": [{ "name": "STAGE", "value": world.cloud.unread }],
            "environmentFiles": [{
                "type": "s3",
                "value": format!("arn:{}:s3:::app-config/prod.env", catalog::partition(region).id)
            }],
            "secrets": [
                { "name": "DB_PASSWORD", "valueFrom": arn("secretsmanager", "secret:app/db-AbCdEf:password::") },
                { "name": "APP_KEY", "valueFrom": arn("ssm", "parameter/app/key") }
            ],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/ecs/app",
                    "awslogs-region": region,
                    "awslogs-stream-prefix": "app"
                }
            }
        }]
    });
    format!("{document:#}")
}
