// Unpacks Chromium and the libraries and fonts that it needs, which its package has for Lambda, into
// a folder.
//
//     TMPDIR=FOLDER node unpack.mjs

import { writeFileSync } from "node:fs";

process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs24.x"; // or it leaves the libraries out
const { default: chromium } = await import("@sparticuz/chromium");
console.log(await chromium.executablePath());

// The package's own names Lambda's folders, and a Chromium without fonts ends at the first <select>.
const folder = process.env.TMPDIR;
writeFileSync(
  `${folder}/fonts/fonts.conf`,
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`,
);
