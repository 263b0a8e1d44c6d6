using Peft.Declarative.Data.Files;
using Peft.Declarative.Data.Rows;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>Files of separated values and of JSON arrays: rows, each with its values or a reason, or a reason for the file.</summary>
internal sealed class RowFileTarget : FuzzTarget
{
    internal override string Name => "row-files";

    internal override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Bytes("text,label\n\"a, \"\"b\"\"\nc\",1\r\n\r\nd,2\n"),
        Bytes("prompt;completion\na;b\n"),
        Bytes("""[{"text": "a ],[ \" b"}, {"prompt": "c", "completion": "d"}]"""),
        Bytes("messages\n\"[{\"\"role\"\": \"\"user\"\", \"\"content\"\": \"\"a\"\"}]\"\n"),
    ];

    internal override IReadOnlyList<string> Words { get; } = ["text", "label", "source", "\"\"", "\",\"", "\r\n", "[{", "}]", "]", "\\\"", ";", "\t"];

    internal override void Read(byte[] input)
    {
        string path = Path.Combine(Folder, "rows");
        File.WriteAllBytes(path, input);
        Take(SeparatedValues.Read(path, isTabbed: false));
        Take(SeparatedValues.Read(path, isTabbed: true));
        foreach (TrainingRowKind kind in Enum.GetValues<TrainingRowKind>())
        {
            Take(JsonLines.Read(path, kind));
        }
    }

    private static void Take(IEnumerable<(int Number, Func<RawRow> Row)> rows)
    {
        foreach ((int number, Func<RawRow> row) in rows.Take(1000))
        {
            Assert.True(number > 0);
            Exception? problem = Record.Exception(() => Assert.NotNull(row()));
            Assert.True(problem is null or FormatException { Message.Length: > 0 }, problem?.ToString());
        }
    }
}
