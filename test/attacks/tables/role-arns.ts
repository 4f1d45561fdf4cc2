// What customers, and people who are not customers, paste where a role's ARN belongs. B1-04: same role under two names.
import { numbered } from "../attack-table.js";
import { deceivingTexts, type Named } from "./hostile-texts.js";

const good = "arn:aws:iam::222222222222:role/reader";

const malformed: Named = [
  ["nothing", ""],
  ["a blank", " "],
  ["a word", "reader"],
  ["an account id", "222222222222"],
  ["a star", "*"],
  ["the beginning of an ARN", "arn:aws:iam::222222222222"],
  ["an ARN without a name", "arn:aws:iam::222222222222:role/"],
  ["an ARN that ends in a slash", `${good}/`],
  ["ARN in capitals", good.replace("arn", "ARN")],
  ["the partition in capitals", good.replace("aws", "AWS")],
  ["the service in capitals", good.replace("iam", "IAM")],
  ["the resource type in capitals", good.replace("role", "ROLE")],
  ["the resource type capitalised", good.replace("role", "Role")],
  ["an unknown partition", good.replace(":aws:", ":azure:")],
  ["no partition", good.replace(":aws:", "::")],
  ["a partition of dots", good.replace(":aws:", ":aws.evil.tld:")],
  ["a region in the ARN", good.replace("iam::", "iam:us-east-1:")],
  ["an account of eleven digits", good.replace("222222222222", "22222222222")],
  ["an account of thirteen digits", good.replace("222222222222", "2222222222222")],
  ["an account with dashes", good.replace("222222222222", "2222-2222-2222")],
  ["an account in Arabic digits", good.replace("222222222222", "\u0662".repeat(12))],
  ["an account in full-width digits", good.replace("222222222222", "\uFF12".repeat(12))],
  ["an account in hexadecimal", good.replace("222222222222", "0x3dc5bda38e")],
  ["an account as a float", good.replace("222222222222", "2.2222222e11")],
  ["no account", good.replace("222222222222", "")],
  ["a star for the account", good.replace("222222222222", "*")],
  ["`aws` for the account", good.replace("222222222222", "aws")],
  ["a star for the name", "arn:aws:iam::222222222222:role/*"],
  ["a star in the name", `${good}*`],
  ["a question mark in the name", `${good}?`],
  ["a name of 65 characters", `arn:aws:iam::222222222222:role/${"a".repeat(65)}`],
  ["a name with a blank", "arn:aws:iam::222222222222:role/the reader"],
  ["a name with a colon", `${good}:x`],
  ["a name with a hash", `${good}#`],
  ["a name with a percent sign", `${good}%2f`],
  ["a name in Cyrillic that looks the same", "arn:aws:iam::222222222222:role/r\u0435ader"],
  ["a name with an umlaut", "arn:aws:iam::222222222222:role/r\u00E9ader"],
  ["a name in full-width letters", "arn:aws:iam::222222222222:role/\uFF52eader"],
  ["a slash of another alphabet", "arn:aws:iam::222222222222:role\u2215reader"],
  ["a colon of another alphabet", good.replace("iam::", "iam:\uA789")],
  ["a doubled slash", "arn:aws:iam::222222222222:role//reader"],
  ["a user", "arn:aws:iam::222222222222:user/reader"],
  ["a group", "arn:aws:iam::222222222222:group/reader"],
  ["a policy", "arn:aws:iam::222222222222:policy/reader"],
  ["an instance profile", "arn:aws:iam::222222222222:instance-profile/reader"],
  ["the account's root", "arn:aws:iam::222222222222:root"],
  ["a role's session", "arn:aws:sts::222222222222:assumed-role/reader/me"],
  ["a federated user", "arn:aws:sts::222222222222:federated-user/me"],
  ["a role under the service sts", good.replace("iam", "sts")],
  ["a bucket", "arn:aws:s3:::reader"],
  ["two ARNs with a blank", `${good} ${good}`],
  ["two ARNs in two lines", `${good}\n${good}`],
  ["an ARN in quotes", `"${good}"`],
  ["an ARN in a link", `https://console.aws.amazon.com/iam/home#/roles/${good}`],
  ["an encoded ARN", encodeURIComponent(good)],
  ["an ARN of more than 2,048 characters", `arn:aws:iam::222222222222:role/${"a/".repeat(1100)}reader`],
  ["ten million characters", "arn:aws:iam::222222222222:role/".padEnd(10_000_000, "a")],
  ["a slow one for careless expressions", `arn:aws:iam::222222222222:role/${"a+=,.@-".repeat(250)}!`],
  ...deceivingTexts.map(([words, text]) => [`a name with ${words}`, good + text] as const),
];

/** Read leniently by the engine, which serves every partition and path of AWS's; refused where customers paste. */
const notACustomersOwn: Named = [
  ["a role of AWS's own, linked to a service", "arn:aws:iam::222222222222:role/aws-service-role/x.amazonaws.com/Role"],
  ["a role of AWS's own, of IAM Identity Center", "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/Role"],
  ["a role of the partition for China", good.replace(":aws:", ":aws-cn:")],
  ["a role of the partition for governments", good.replace(":aws:", ":aws-us-gov:")],
  ["a role of an isolated partition", good.replace(":aws:", ":aws-iso:")],
  ["a partition that only begins like one", good.replace(":aws:", ":aws-evil:")],
  ["two ARNs with a comma", `${good},${good}`],
  ["a path with quotes", `arn:aws:iam::222222222222:role/"x"/reader`],
  ["a path with a dollar sign", "arn:aws:iam::222222222222:role/$(id)/reader"],
  ["a path with a semicolon", "arn:aws:iam::222222222222:role/;id;/reader"],
];

const rowsOf = (who: string, texts: Named, code: string) =>
  texts.map(([words, roleArn]) => ({ attack: `${who} ${words} for a role`, roleArn, expected: { code } }));

/** For who asks STS. A million characters and more are refused like any others. */
export const engineRoleArns = numbered("B1-04", rowsOf("STS is asked with", malformed, "invalid_request"));

/** For what a customer pastes. Blanks around an ARN are forgiven there, and nothing else. */
export const pastedRoleArns = numbered(
  "B1-04",
  rowsOf("a customer pastes", [...malformed, ...notACustomersOwn], "invalid_option"),
  201,
);
