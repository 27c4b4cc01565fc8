"""The words in capitals that a person puts something else for."""

import re

# Each with what a check puts there.
PLACES = {
    "ACCOUNT": "123456789012",
    "REGION": "ap-northeast-1",
    "CLUSTER": "main",
    "EXECUTION_ROLE": "ecsTaskExecutionRole",
    "APP_REPOSITORY": "team/app",
    "APP_SECRET": "prod/db",
    "APP_PARAMETER": "prod/db/password",
    "APP_KEY": "1234abcd-12ab-34cd-56ef-1234567890ab",
    "APP_FILE": "team-settings/app.env",
    "APP_LOG_GROUP": "/ecs/app",
    "REPORT_BUCKET": "team-reports",
    "SUBNET": "subnet-0123456789abcdef0",
    "SECURITY_GROUP": "sg-0123456789abcdef0",
}
# Words in capitals that are meant.
WORDS = {"X86_64", "ARM64", "LINUX", "FARGATE", "EC2", "ALL"}
CAPITALS = re.compile(r"(?<![A-Za-z_])[A-Z][A-Z0-9_]{2,}(?![A-Za-z_])")


def filled(text):
    return CAPITALS.sub(lambda word: PLACES.get(word.group(), word.group()), text)


def unknown(text):
    words = set(CAPITALS.findall(text)) - set(PLACES) - WORDS
    return sorted(word for word in words if not word.startswith("VPCPROBE"))
