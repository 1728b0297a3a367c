"""Which of the permissions that CloudFormation's schemas list for a resource this one needs.

They list what any property may need, such as a network's or a key's.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

ONLY_WITH: dict[str, dict[str, str]] = {
    "AWS::ApiGateway::Authorizer": {"iam:PassRole": "AuthorizerCredentials"},
    "AWS::ApiGateway::RestApi": {
        "apigateway:UpdateRestApiPolicy": "Policy",
        "iam:PassRole": "credentials",
        "s3:GetObject": "BodyS3Location",
    },
    "AWS::DynamoDB::Table": {
        "dynamodb:*Item": "ImportSourceSpecification",
        "dynamodb:*TableReplica": "ImportSourceSpecification",
        "dynamodb:DescribeImport": "ImportSourceSpecification",
        "dynamodb:ImportTable": "ImportSourceSpecification",
        "dynamodb:Query": "ImportSourceSpecification",
        "dynamodb:Scan": "ImportSourceSpecification",
        "logs:*": "ImportSourceSpecification",
        "s3:*": "ImportSourceSpecification",
        "dynamodb:UpdateContinuousBackups": "PointInTimeRecoverySpecification",
        "dynamodb:UpdateContributorInsights": "ContributorInsightsSpecification",
        "iam:CreateServiceLinkedRole": "ContributorInsightsSpecification",
        "dynamodb:*ableKinesisStreamingDestination": "KinesisStreamSpecification",
        "dynamodb:UpdateKinesisStreamingDestination": "KinesisStreamSpecification",
        "kinesis:*": "KinesisStreamSpecification",
        "dynamodb:PutResourcePolicy": "ResourcePolicy",
        "dynamodb:DeleteResourcePolicy": "ResourcePolicy",
        "kms:*": "KMSMasterKeyId",
    },
    "AWS::Events::Rule": {"iam:PassRole": "RoleArn"},
    "AWS::IAM::ManagedPolicy": {
        "iam:*GroupPolicy": "Groups",
        "iam:*RolePolicy": "Roles",
        "iam:*UserPolicy": "Users",
    },
    "AWS::IAM::Role": {"iam:*RolePermissionsBoundary": "PermissionsBoundary"},
    "AWS::KMS::Key": {
        "kms:*ableKey": "Enabled",
        "kms:*ableKeyRotation": "EnableKeyRotation",
    },
    "AWS::Lambda::Alias": {
        "codedeploy:*": "CodeDeployLambdaAliasUpdate",
        "lambda:PutProvisionedConcurrencyConfig": "ProvisionedConcurrencyConfig",
        "lambda:DeleteProvisionedConcurrencyConfig": "ProvisionedConcurrencyConfig",
    },
    "AWS::Lambda::EventSourceMapping": {"kms:*": "KmsKeyArn"},
    "AWS::Lambda::Function": {
        "ec2:*": "VpcConfig",
        "elasticfilesystem:*": "FileSystemConfigs",
        "kms:*": "KmsKeyArn",
        "lambda:DeleteFunctionCodeSigningConfig": "CodeSigningConfigArn",
        "lambda:GetCodeSigningConfig": "CodeSigningConfigArn",
        "lambda:PutFunctionCodeSigningConfig": "CodeSigningConfigArn",
        "lambda:PassCapacityProvider": "CapacityProviderConfig",
        "lambda:PutFunctionRecursionConfig": "RecursiveLoop",
        "lambda:PutFunctionScalingConfig": "FunctionScalingConfig",
        "lambda:PutRuntimeManagementConfig": "RuntimeManagementConfig",
        "s3files:*": "FileSystemConfigs",
    },
    "AWS::Lambda::Version": {
        "lambda:PutFunctionScalingConfig": "FunctionScalingConfig",
        "lambda:PutProvisionedConcurrencyConfig": "ProvisionedConcurrencyConfig",
        "lambda:PutRuntimeManagementConfig": "RuntimePolicy",
    },
    "AWS::Logs::LogGroup": {
        "firehose:*": "DataProtectionPolicy",
        "logs:CreateLogDelivery": "DataProtectionPolicy",
        "logs:PutDataProtectionPolicy": "DataProtectionPolicy",
        "logs:AssociateKmsKey": "KmsKeyId",
        "logs:DisassociateKmsKey": "KmsKeyId",
        "logs:PutBearerTokenAuthentication": "BearerTokenAuthenticationEnabled",
        "logs:PutIndexPolicy": "FieldIndexPolicies",
        "logs:DeleteIndexPolicy": "FieldIndexPolicies",
        "logs:PutLogGroupDeletionProtection": "DeletionProtectionEnabled",
        "logs:PutResourcePolicy": "ResourcePolicyDocument",
        "logs:DeleteResourcePolicy": "ResourcePolicyDocument",
    },
    "AWS::S3::Bucket": {
        "iam:PassRole": "ReplicationConfiguration",
        "s3:*MetadataTableConfiguration": "MetadataTableConfiguration",
        "s3:DeleteBucketWebsite": "WebsiteConfiguration",
        "s3:DeleteObject": "AccessControl",
        "s3:GetBucketAcl": "AccessControl",
        "s3:PutAccelerateConfiguration": "AccelerateConfiguration",
        "s3:PutAnalyticsConfiguration": "AnalyticsConfigurations",
        "s3:PutBucketAbac": "AbacStatus",
        "s3:PutBucketAcl": "AccessControl",
        "s3:PutBucketLogging": "LoggingConfiguration",
        "s3:PutBucketObjectLockConfiguration": "ObjectLockConfiguration",
        "s3:PutBucketVersioning": "VersioningConfiguration",
        "s3:PutBucketWebsite": "WebsiteConfiguration",
        "s3:PutIntelligentTieringConfiguration": "IntelligentTieringConfigurations",
        "s3:PutInventoryConfiguration": "InventoryConfigurations",
        "s3:PutMetricsConfiguration": "MetricsConfigurations",
        "s3:PutObjectAcl": "AccessControl",
        "s3:PutReplicationConfiguration": "ReplicationConfiguration",
        "s3:UpdateBucketMetadata*": "MetadataTableConfiguration",
        "s3tables:*": "MetadataTableConfiguration",
    },
}
"""The property without which a resource of a type needs no such action."""

_HANDLERS = ("create", "read", "update", "delete")


def needed_actions(
    resource: Mapping[str, Any],
    handlers: Mapping[str, Mapping[str, list[str]]],
    actions: Mapping[str, bool],
) -> Iterator[str]:
    """Yield what CloudFormation does to make, change, read and delete a resource.

    The schemas list some actions that IAM does not have, and does not have to; they are left out.
    """
    for handler in _HANDLERS:
        for action in handlers.get(handler, {}).get("permissions", []):
            if action.lower() in actions and not _is_for_another_property(resource, action):
                yield action


def _is_for_another_property(resource: Mapping[str, Any], action: str) -> bool:
    rules = ONLY_WITH.get(resource["Type"], {})
    wanted = [key for pattern, key in rules.items() if fnmatchcase(action, pattern)]
    return bool(wanted) and not any(has_property(resource, key) for key in wanted)


def has_property(node: Any, key: str) -> bool:
    """Return whether a resource has a property, at any depth."""
    if isinstance(node, Mapping):
        return key in node or any(has_property(child, key) for child in node.values())
    return isinstance(node, list) and any(has_property(child, key) for child in node)
