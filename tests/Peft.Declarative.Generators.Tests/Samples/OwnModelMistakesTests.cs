using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Tests.Hosting;
using Peft.Declarative.Generators.Tests.Structure;

namespace Peft.Declarative.Generators.Tests.Samples;

/// <summary>Eight mistakes in the sample of an own model, each made in its real source, and what the compiler says of them; the sample's page prints the same.</summary>
public class OwnModelMistakesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "samples", "04-own-model");
    private static readonly string Curve = File.ReadAllText(Path.Combine(Folder, "Curve.cs")).ReplaceLineEndings("\n");

    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        { "PEFT001", "sealed partial class", "sealed class", "'Curve' carries [Lora] but is not partial, so adapter code cannot be added to it. Add 'partial' to the class." },
        { "PEFT102", "private Module<Tensor, Tensor> second", "private Linear second", "Field 'second' has the sealed type 'Linear' and cannot hold the layer that [Lora] puts there. Declare it as 'Module<Tensor, Tensor>'." },
        { "PEFT102", "private Module<Tensor, Tensor> second", "private readonly Module<Tensor, Tensor> second", "Field 'second' is readonly and cannot be given the layer that [Lora] puts there. Remove 'readonly'." },
        { "PEFT202", "rank: 4", "rank: 0", "Rank 0 of [Lora] on 'Curve' leaves nothing to train" },
        { "PEFT201", "rank: 4", "rank: 48", "Rank 48 is not low for 'second' (64→64). Above 32 the adapter holds more weights than the layer itself. Use 32 or less." },
        { "PEFT004", "Alpha = 8)", "Alpha = 8, Targets = [\"second\"])", "adapts just that layer" },
        { "PEFT113", "second.call(hidden)", "hidden", "[Lora] adapts 'second' of 'Curve', but forward never calls 'second', so its adapter gets no gradient. Call it in forward, or adapt a layer that is." },
        { "PEFT113", "second.call(hidden)", "second.call(hidden).detach()", "detach" },
    };

    [Fact]
    public void Sample_AsItIs_HasNoMistake() => Assert.Empty(Generated.Printed("", Curve).Analyze());

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistake_InTheSample_IsFoundAndPrintedOnItsPage(string id, string right, string wrong, string text)
    {
        Assert.Contains(right, Curve);

        Diagnostic found = Assert.Single(Generated.Printed("", Curve.Replace(right, wrong)).Analyze());

        Assert.Equal(id, found.Id);
        Assert.Contains(text, found.GetMessage());
        Assert.Contains($"{id}: {found.GetMessage()}", File.ReadAllText(Path.Combine(Folder, "README.md")));
    }
}
