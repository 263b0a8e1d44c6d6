using System.Runtime.CompilerServices;
using Snapshooter;
using Snapshooter.Xunit;

namespace Peft.Declarative.Generators.Tests.Hosting;

/// <summary>
/// Compares a text with the one approved before, which lies in <c>__snapshots__</c> beside the test. The only place that knows which library
/// does it. A missing text fails; <c>PEFT_NEW_SNAPSHOTS=1</c> writes it.
/// </summary>
internal static class Snapshots
{
    internal static void Match(string text, [CallerMemberName] string test = "", [CallerFilePath] string file = "")
    {
        bool writes = Environment.GetEnvironmentVariable("PEFT_NEW_SNAPSHOTS") == "1";
        Environment.SetEnvironmentVariable("SNAPSHOOTER_STRICT_MODE", writes ? "false" : "true");
        Snapshot.Match(text, new SnapshotFullName($"{Path.GetFileNameWithoutExtension(file)}.{test}.verified.txt", Path.GetDirectoryName(file)!));
    }
}
