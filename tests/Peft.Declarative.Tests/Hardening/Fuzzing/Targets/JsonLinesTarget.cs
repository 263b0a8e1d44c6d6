using Peft.Declarative.Data.Files;

namespace Peft.Declarative.Tests.Hardening.Fuzzing.Targets;

/// <summary>Lines of training data: each is a row or has a reason.</summary>
internal sealed class JsonLinesTarget : FuzzTarget
{
    internal override string Name => "json-lines";

    internal override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Bytes("""{"text": "once \u00e9 upon"}"""),
        Bytes("""{"prompt": "a", "completion": "b", "id": [1, {"x": null}]}"""),
        Bytes("""{"messages": [{"role": "user", "content": "hi 🎈"}, {"role": "assistant", "content": null}], "tools": [{"name": "t"}]}"""),
    ];

    internal override IReadOnlyList<string> Words { get; } = ["text", "prompt", "completion", "messages", "role", "content", "tools", "\r", "\\ud800"];

    internal override void Read(byte[] input)
    {
        try
        {
            Assert.NotNull(JsonLines.Row(input));
            Assert.NotNull(JsonLines.Row(input, TrainingRowKind.Class));
            Assert.NotNull(JsonLines.Row(input, TrainingRowKind.Pair));
        }
        catch (FormatException problem)
        {
            Assert.NotEmpty(problem.Message);
            throw new PeftException("PEFT601", problem.Message);
        }
    }
}
