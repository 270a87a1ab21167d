import type { PolicyDocument } from "./document.ts";
import { isEverywhere } from "./reach.ts";

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
/** `isLimited`: to the resources that are named, or by conditions, wherever it goes this far. */
type Told = { level: Level; isLimited: boolean };

/** What it is about, service by service: what is changed before what is only read. */
export function servicesOf({ statements }: PolicyDocument): string[] {
  const told = new Map<string, Told>();
  const excepted: string[] = [];
  for (const { effect, actions, resources, conditions } of statements) {
    if (effect === "Deny") continue;
    if (actions.isExcept) excepted.push(...actions.patterns.map(serviceOf));
    const isLimited = conditions.length > 0 || (resources !== null && !resources.isExcept && !resources.patterns.some(isEverywhere));
    if (!actions.isExcept) for (const pattern of actions.patterns) widen(told, pattern, isLimited);
  }
  const of = (level: Level) =>
    [...told]
      .filter(([, each]) => each.level === level)
      .map(([service, { isLimited }]) => `${named(service)}${isLimited ? ", in part" : ""}`);
  return [
    excepted.length > 0 ? `Can do anything but: ${listed([...new Set(excepted)].map(named))}.` : "",
    sentence("Can do everything in", of("everything")),
    sentence("Can change", of("changes")),
    sentence("Can read", of("reads")),
  ].filter((each) => each !== "");
}

const ORDER: readonly Level[] = ["reads", "changes", "everything"];

function widen(told: Map<string, Told>, pattern: string, isLimited: boolean): void {
  const verb = pattern.split(":")[1] ?? "*";
  const level: Level = verb === "*" ? "everything" : READS.test(verb) ? "reads" : "changes";
  const service = serviceOf(pattern);
  const before = told.get(service);
  const further = before ? ORDER.indexOf(level) - ORDER.indexOf(before.level) : 1;
  if (further > 0) told.set(service, { level, isLimited });
  else if (further === 0 && !isLimited) told.set(service, { level, isLimited });
}

const serviceOf = (pattern: string): string => (pattern.split(":")[0] ?? pattern).toLowerCase();
const named = (service: string): string => (service === "*" ? "every service" : (SERVICES[service] ?? service));

const SHOWN = 6;
const listed = (names: readonly string[]): string =>
  names.length <= SHOWN ? names.join("; ") : `${names.slice(0, SHOWN).join("; ")} and ${names.length - SHOWN} more services`;
const sentence = (opening: string, names: readonly string[]): string => (names.length === 0 ? "" : `${opening} ${listed(names)}.`);

/** Several clauses as one sentence that starts with a capital. */
export const asSentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
