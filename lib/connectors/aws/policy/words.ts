import type { PolicyDocument } from "./document.ts";

/** What people call a service; where none stands here its prefix is shown. */
const SERVICES: Readonly<Record<string, string>> = {
  acm: "certificates (ACM)",
  apigateway: "API Gateway",
  autoscaling: "Auto Scaling",
  cloudformation: "CloudFormation",
  cloudfront: "CloudFront",
  cloudtrail: "CloudTrail",
  cloudwatch: "CloudWatch",
  codebuild: "CodeBuild",
  codepipeline: "CodePipeline",
  "cognito-idp": "Cognito user pools",
  config: "AWS Config",
  dynamodb: "DynamoDB",
  ec2: "EC2 (machines and networks)",
  ecr: "ECR (images)",
  ecs: "ECS (containers)",
  eks: "EKS (clusters)",
  elasticache: "ElastiCache",
  elasticfilesystem: "EFS (file systems)",
  elasticloadbalancing: "load balancers",
  events: "EventBridge",
  glue: "Glue",
  iam: "IAM (identities and policies)",
  kinesis: "Kinesis",
  kms: "KMS (encryption keys)",
  lambda: "Lambda (functions)",
  logs: "CloudWatch Logs",
  organizations: "Organizations",
  rds: "RDS (databases)",
  redshift: "Redshift",
  route53: "Route 53 (names)",
  s3: "S3 (storage)",
  sagemaker: "SageMaker",
  secretsmanager: "Secrets Manager",
  ses: "SES (mail)",
  sns: "SNS (topics)",
  sqs: "SQS (queues)",
  ssm: "Systems Manager",
  states: "Step Functions",
  sts: "STS (temporary credentials)",
};

const READS =
  /^(Get|List|Describe|BatchGet|BatchDescribe|Head|Lookup|Search|Query|Scan|View|Read|Check|Simulate|Select|Filter|Preview|Estimate|Discover|Receive|Validate|GenerateCredentialReport|GenerateServiceLastAccessedDetails)/;

type Level = "everything" | "changes" | "reads";

/** What it is about, service by service: what is changed before what is only read. */
export function servicesOf({ statements }: PolicyDocument): string[] {
  const levels = new Map<string, Level>();
  const excepted: string[] = [];
  for (const { effect, actions } of statements) {
    if (effect === "Deny") continue;
    if (actions.isExcept) excepted.push(...actions.patterns.map(serviceOf));
    else for (const pattern of actions.patterns) raise(levels, pattern);
  }
  const of = (level: Level) => [...levels].filter(([, each]) => each === level).map(([service]) => named(service));
  return [
    excepted.length > 0 ? `Can do anything but: ${listed([...new Set(excepted)].map(named))}.` : "",
    sentence("Can do everything in", of("everything")),
    sentence("Can change", of("changes")),
    sentence("Can read", of("reads")),
  ].filter((each) => each !== "");
}

const ORDER: readonly Level[] = ["reads", "changes", "everything"];

function raise(levels: Map<string, Level>, pattern: string): void {
  const verb = pattern.split(":")[1] ?? "*";
  const level: Level = verb === "*" ? "everything" : READS.test(verb) ? "reads" : "changes";
  const service = serviceOf(pattern);
  if (ORDER.indexOf(level) > ORDER.indexOf(levels.get(service) ?? "reads") || !levels.has(service)) levels.set(service, level);
}

const serviceOf = (pattern: string): string => (pattern.split(":")[0] ?? pattern).toLowerCase();
const named = (service: string): string => (service === "*" ? "every service" : (SERVICES[service] ?? service));

const SHOWN = 6;
const listed = (names: readonly string[]): string =>
  names.length <= SHOWN ? names.join(", ") : `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more services`;
const sentence = (opening: string, names: readonly string[]): string => (names.length === 0 ? "" : `${opening} ${listed(names)}.`);

/** Several clauses as one sentence that starts with a capital. */
export const asSentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
