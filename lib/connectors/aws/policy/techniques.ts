/**
 * Known ways from a permission to more permissions, each with the actions that it takes together and what it comes to. Public knowledge; the
 * wording is ours. `passes`: the service that a role is handed to, so that a PassRole for another service does not count.
 */
export type Technique = {
  readonly id: string;
  /** All of these; a list inside means any one of it. */
  readonly needs: readonly (string | readonly string[])[];
  readonly passes?: string;
  /** It works also where it is allowed on oneself only. */
  readonly onOneself?: true;
  readonly says: string;
};

const CHANGES_RIGHTS: readonly Technique[] = [
  {
    id: "new_policy_version",
    needs: ["iam:CreatePolicyVersion"],
    says: "can rewrite a policy that it is itself subject to (CreatePolicyVersion)",
  },
  {
    id: "old_policy_version",
    needs: ["iam:SetDefaultPolicyVersion"],
    says: "can bring back an older, wider version of a policy (SetDefaultPolicyVersion)",
  },
  { id: "attach_to_user", needs: ["iam:AttachUserPolicy"], onOneself: true, says: "can attach any policy to a user (AttachUserPolicy)" },
  { id: "attach_to_group", needs: ["iam:AttachGroupPolicy"], says: "can attach any policy to a group (AttachGroupPolicy)" },
  { id: "attach_to_role", needs: ["iam:AttachRolePolicy"], says: "can attach any policy to a role (AttachRolePolicy)" },
  { id: "put_user_policy", needs: ["iam:PutUserPolicy"], onOneself: true, says: "can write a policy into a user (PutUserPolicy)" },
  { id: "put_group_policy", needs: ["iam:PutGroupPolicy"], says: "can write a policy into a group (PutGroupPolicy)" },
  { id: "put_role_policy", needs: ["iam:PutRolePolicy"], says: "can write a policy into a role (PutRolePolicy)" },
  { id: "join_group", needs: ["iam:AddUserToGroup"], says: "can put anybody into any group (AddUserToGroup)" },
  { id: "change_trust", needs: ["iam:UpdateAssumeRolePolicy"], says: "can let anybody assume a role (UpdateAssumeRolePolicy)" },
  { id: "lift_user_boundary", needs: ["iam:DeleteUserPermissionsBoundary"], says: "can lift the limit set for a user" },
  { id: "lift_role_boundary", needs: ["iam:DeleteRolePermissionsBoundary"], says: "can lift the limit set for a role" },
  { id: "trust_provider", needs: ["iam:UpdateSAMLProvider"], says: "can replace the identity provider that people sign in through" },
  {
    id: "oidc_provider",
    needs: [["iam:UpdateOpenIDConnectProviderThumbprint", "iam:AddClientIDToOpenIDConnectProvider"]],
    says: "can change whom an OIDC provider's trust lets in",
  },
  {
    id: "permission_set",
    needs: [["sso:AttachManagedPolicyToPermissionSet", "sso:PutInlinePolicyToPermissionSet", "sso:CreateAccountAssignment"]],
    says: "can hand out access to accounts of the organisation (IAM Identity Center)",
  },
];

const BECOMES_ANOTHER: readonly Technique[] = [
  { id: "access_key", needs: ["iam:CreateAccessKey"], says: "can make an access key for another user (CreateAccessKey)" },
  { id: "new_password", needs: ["iam:CreateLoginProfile"], says: "can give another user a console password (CreateLoginProfile)" },
  { id: "change_password", needs: ["iam:UpdateLoginProfile"], says: "can change another user's console password (UpdateLoginProfile)" },
  { id: "assume_any", needs: ["sts:AssumeRole"], says: "can assume every role whose trust allows the account" },
];

/** What a role can be handed to, by the service that then acts as it, with the calls that it takes beside PassRole. */
const SERVICES: readonly (readonly [service: string, what: string, ...needs: (string | readonly string[])[]])[] = [
  [
    "ec2.amazonaws.com",
    "a machine that it starts",
    ["ec2:RunInstances", "ec2:RequestSpotInstances", "ec2:RequestSpotFleet", "ec2:CreateFleet"],
  ],
  ["ec2.amazonaws.com", "a running machine", ["ec2:AssociateIamInstanceProfile", "ec2:ReplaceIamInstanceProfileAssociation"]],
  ["ec2.amazonaws.com", "machines that are started for it", ["autoscaling:CreateLaunchConfiguration", "ec2:CreateLaunchTemplate"]],
  ["lambda.amazonaws.com", "a function", "lambda:CreateFunction"],
  ["glue.amazonaws.com", "Glue code", ["glue:CreateDevEndpoint", "glue:CreateJob", "glue:UpdateJob", "glue:CreateSession"]],
  [
    "cloudformation.amazonaws.com",
    "a stack",
    ["cloudformation:CreateStack", "cloudformation:UpdateStack", "cloudformation:CreateStackSet", "cloudformation:UpdateStackSet"],
  ],
  ["datapipeline.amazonaws.com", "a data pipeline", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"],
  [
    "sagemaker.amazonaws.com",
    "SageMaker code",
    ["sagemaker:CreateNotebookInstance", "sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob", "sagemaker:CreatePipeline"],
  ],
  ["codebuild.amazonaws.com", "a build", ["codebuild:CreateProject", "codebuild:UpdateProject"]],
  ["codepipeline.amazonaws.com", "a pipeline", ["codepipeline:CreatePipeline", "codepipeline:UpdatePipeline"]],
  ["codestar.amazonaws.com", "a CodeStar project", "codestar:CreateProject"],
  [
    "ecs-tasks.amazonaws.com",
    "a container",
    "ecs:RegisterTaskDefinition",
    ["ecs:RunTask", "ecs:StartTask", "ecs:CreateService", "ecs:UpdateService"],
  ],
  ["states.amazonaws.com", "a state machine", ["states:CreateStateMachine", "states:UpdateStateMachine"]],
  ["scheduler.amazonaws.com", "a schedule", ["scheduler:CreateSchedule", "scheduler:UpdateSchedule"]],
  ["ssm.amazonaws.com", "an automation", ["ssm:StartAutomationExecution", "ssm:CreateAssociation"]],
  ["elasticmapreduce.amazonaws.com", "a cluster's jobs", "elasticmapreduce:RunJobFlow"],
  ["tasks.apprunner.amazonaws.com", "an application", ["apprunner:CreateService", "apprunner:UpdateService"]],
  ["batch.amazonaws.com", "a batch job", "batch:RegisterJobDefinition", "batch:SubmitJob"],
  ["imagebuilder.amazonaws.com", "an image build", ["imagebuilder:CreateInfrastructureConfiguration", "imagebuilder:CreateImage"]],
  ["cognito-identity.amazonaws.com", "the anonymous users of an application", "cognito-identity:SetIdentityPoolRoles"],
  ["bedrock-agentcore.amazonaws.com", "an agent", ["bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:CreateCodeInterpreter"]],
];

const HANDS_A_ROLE_OVER: readonly Technique[] = SERVICES.map(([service, what, ...needs]) => ({
  id: `pass_role_to_${what.replaceAll(/[^a-z]+/gi, "_").toLowerCase()}`,
  needs: ["iam:PassRole", ...needs],
  passes: service,
  says: `can hand any role to ${what} and act as it (PassRole to ${service})`,
}));

const USES_WHAT_RUNS: readonly Technique[] = [
  { id: "function_code", needs: ["lambda:UpdateFunctionCode"], says: "can replace the code of functions and so act as their roles" },
  {
    id: "function_layer",
    needs: ["lambda:UpdateFunctionConfiguration"],
    says: "can change what functions load and so act as their roles",
  },
  { id: "dev_endpoint", needs: ["glue:UpdateDevEndpoint"], says: "can enter Glue's development endpoints and act as their roles" },
  {
    id: "notebook",
    needs: [["sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:CreatePresignedDomainUrl"]],
    says: "can enter notebooks and act as their roles",
  },
  {
    id: "run_on_machines",
    needs: [["ssm:SendCommand", "ssm:StartSession"]],
    says: "can run commands on machines and act as their roles (Systems Manager)",
  },
  { id: "ssh_to_machines", needs: ["ec2-instance-connect:SendSSHPublicKey"], says: "can sign in to machines and act as their roles" },
  {
    id: "user_data",
    needs: ["ec2:ModifyInstanceAttribute", "ec2:StartInstances", "ec2:StopInstances"],
    says: "can change what a machine runs when it starts and so act as its role",
  },
  { id: "exec_in_container", needs: ["ecs:ExecuteCommand"], says: "can run commands in containers and act as their roles" },
  { id: "codestar_template", needs: ["codestar:CreateProjectFromTemplate"], says: "can have CodeStar make roles and act through them" },
  { id: "codestar_member", needs: ["codestar:AssociateTeamMember"], says: "can make itself owner of a CodeStar project" },
];

export const TECHNIQUES: readonly Technique[] = [...CHANGES_RIGHTS, ...BECOMES_ANOTHER, ...HANDS_A_ROLE_OVER, ...USES_WHAT_RUNS];
