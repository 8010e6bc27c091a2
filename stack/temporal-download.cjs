// Has the SDK fetch the Temporal command line into the folder given: `node temporal-download.cjs <folder> <version>`.
// A process of its own, because a download that hangs can only be ended from outside.
const { TestWorkflowEnvironment } = require('@temporalio/testing');

async function main([downloadDir, version]) {
  const executable = { type: 'cached-download', downloadDir, version, ttl: '1 day' };
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable, log: { format: 'pretty', level: 'error' } },
  });
  await environment.teardown();
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
