// Unpacks Chromium and the libraries that it needs, which its package has for Lambda, into a folder.
//
//     TMPDIR=FOLDER node unpack.mjs

process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs24.x"; // or it leaves the libraries out
const { default: chromium } = await import("@sparticuz/chromium");
console.log(await chromium.executablePath());
