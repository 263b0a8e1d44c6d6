extern alias generators;

using System.Reflection;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Quantization;

namespace Peft.Declarative.Tests.Declared.Memory;

/// <summary>What the generator repeats of the run time in its estimate of memory is what the run time does.</summary>
public sealed class MemoryNumberTests
{
    [Fact]
    public void WeightsOfABlock_InTheEstimate_AreThoseOfTheRunTime() => Assert.Equal(RowBlocks.Elements, OfEstimate("WeightsOfABlock"));

    [Theory]
    [InlineData("LogitsOfAChunk", "ElementsOnCpu")]
    [InlineData("FewestTokens", "LeastRows")]
    public void Logits_InTheEstimate_AreThoseOfTheRunTime(string estimate, string number) =>
        Assert.Equal(Constant(typeof(ChunkedCrossEntropy), number), OfEstimate(estimate));

    private static long OfEstimate(string name) =>
        Constant(typeof(generators::Peft.Declarative.Generators.DeclarativeGenerator).Assembly.GetType("Peft.Declarative.Generators.Plan.MemoryCount", throwOnError: true)!, name);

    private static long Constant(Type type, string name) => (long)type.GetField(name, BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!;
}
