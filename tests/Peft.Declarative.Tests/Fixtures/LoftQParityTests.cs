using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>The codes and the product of the factors after each iteration of LoftQ.</summary>
public sealed class LoftQParityTests
{
    internal const string CaseName = "quant__loftq";

    public static TheoryData<int> Iterations { get; } = [.. Enumerable.Range(1, Exists ? Count() : 1)];

    private static bool Exists => FixtureCase.Root is { } root && Directory.Exists(Path.Combine(root, "cases", CaseName));

    [SkippableTheory]
    [MemberData(nameof(Iterations))]
    public void Start_OfAnyIterations_GivesTheReferencesCodesAndProduct(int iterations)
    {
        Skip.IfNot(Exists, $"This set of fixtures has no case '{CaseName}'.");

        using FixtureCase fixture = FixtureCase.Open(CaseName);
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = fixture["W"];
        using var layer = new Peft.Declarative.Layers.Linear(weight.size(1), weight.size(0), hasBias: false);
        using var dequantizer = new Dequantizer();
        var settings = new QuantizationSettings { DoubleQuantization = false };
        layer.StoreQuantized(QuantizedTensor.Quantize(weight, settings), dequantizer, new Parameter(weight.clone(), requires_grad: false));

        (Tensor a, Tensor b) = LoftQ.Start(layer, "default", fixture.Json["rank"]!.GetValue<int>(), iterations)!.Value;

        string last = $"iter{iterations - 1}";
        Close.Bits(fixture[$"{last}.packed"], layer.Quantized!.Weight.Packed, "codes");
        Close.To(fixture[$"{last}.dequant"], layer.DenseWeight(), 1e-5, "dequantised");   // scales are differences of a decomposition
        Close.To(fixture[$"{last}.BA"], b.mm(a), 1e-5, "product");
    }

    private static int Count()
    {
        using FixtureCase fixture = FixtureCase.Open(CaseName);
        return fixture.Json["iterations"]!.GetValue<int>();
    }
}
