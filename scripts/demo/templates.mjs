// What Orbit asks of its customers: at first, and after a release that needs a little more.
const bucketOfCustomer = "arn:${AWS::Partition}:s3:::orbit-reports-${AWS::AccountId}";
const conditions = { StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}" } };

export const firstTemplate = {
  branding: { displayName: "Orbit Analytics", supportUrl: "https://orbit.example/aws" },
  ongoing: [
    {
      sid: "ReadReports",
      why: "Reads the reports that you put into the bucket",
      actions: ["s3:GetObject"],
      resources: [`${bucketOfCustomer}/*`],
      conditions,
    },
  ],
  setup: [
    {
      sid: "MakeBucket",
      why: "Makes the bucket for the reports",
      actions: ["s3:CreateBucket"],
      resources: [bucketOfCustomer],
      conditions,
    },
  ],
  permissionsBoundary: null,
};

export const secondTemplate = {
  ...firstTemplate,
  ongoing: [
    ...firstTemplate.ongoing,
    {
      sid: "ListReports",
      why: "Finds out which reports there are",
      actions: ["s3:ListBucket"],
      resources: [bucketOfCustomer],
      conditions,
    },
  ],
};
