using System.Text.Json.Nodes;
using Peft.Declarative.Methods.Lora.Combination;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>
/// LoRA adapters that the reference library combined. It is followed here also where it is wrong: it combines factors where not told otherwise, and it
/// scales truncated sums twice. The defaults deviate, see <c>CombinationFaultsTests</c>.
/// </summary>
public sealed class WeightedParityTests
{
    public static IEnumerable<object[]> Specs => from name in ParityTests.All.Where(IsWeighted)
                                                 from spec in SpecsOf(name)
                                                 select new object[] { name, spec };

    internal static bool IsWeighted(string name) => name.EndsWith("__weighted", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Specs))]
    public void Combination_AsTheReferenceMakesIt_MatchesReference(string name, string spec)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = ModelCatalog.Load(fixture.ModelFolder);
        model.eval();
        string[] adapters = [.. fixture.Texts("adapters").Select(adapter => Path.GetFileName(adapter)!)];
        foreach (string adapter in adapters)
        {
            model.LoadAdapter(Path.Combine(fixture.Folder, "adapters", adapter), adapter);
        }

        JsonObject said = fixture.Json["specs"]![spec]!.AsObject();
        double[] weights = [.. said["weights"]!.AsArray().Select(weight => weight!.GetValue<double>())];
        Adapter combined = model.Adapters.Combine(spec, [.. adapters.Zip(weights)], Combination(said, model, adapters)).Adapter;

        Assert.Equal(said["r"]!.GetValue<int>(), ((LoraConfig)combined.Config).Rank);
        foreach ((string path, Tensor delta) in fixture.Below($"delta.{spec}.base_model.model."))
        {
            var part = (ILowRank)combined.Parts.Single(entry => entry.Path == path).Part;
            Tensor product = part.B.mm(part.A) * part.Scaling;
            Close.To(delta, product.shape.SequenceEqual(delta.shape) && !Transposes(fixture) ? product : product.t(), 2e-5, $"{spec} at {path}");
        }

        combined.Activate();
        FixtureModel kind = FixtureModel.Of(model);
        Tensor mask = fixture["attention_mask"];
        Tensor logits = kind.Logits(fixture["input_ids"], mask, fixture["labels"]);
        Close.To(kind.Compared(fixture[$"logits.{spec}"], mask), kind.Compared(logits, mask), fixture.Tolerance("logits"), $"logits of {spec}");
    }

    // The reference library's change of GPT-2's layers has the layout of their weights, [in, out].
    private static bool Transposes(FixtureCase fixture) => fixture.ModelType == "gpt2";

    private static LoraCombination Combination(JsonObject said, PretrainedModel model, string[] adapters)
    {
        string type = said["combination_type"]!.GetValue<string>();
        bool truncates = type.EndsWith("svd", StringComparison.Ordinal);
        return new LoraCombination
        {
            Operator = type switch
            {
                "ties" or "ties_svd" => CombinationOperator.Ties,
                "dare_linear" or "dare_linear_svd" => CombinationOperator.DareLinear,
                "dare_ties" or "dare_ties_svd" => CombinationOperator.DareTies,
                "magnitude_prune" or "magnitude_prune_svd" => CombinationOperator.MagnitudePrune,
                "linear" or "cat" or "svd" => CombinationOperator.Linear,
                _ => throw new NotSupportedException($"The reference data has a combination '{type}' that this test does not know."),
            },
            Space = truncates || type == "cat" ? CombinationSpace.Deltas : CombinationSpace.Factors,
            Rank = !truncates ? null : said["svd_rank"]?.GetValue<int>() ?? adapters.Max(adapter => ((LoraConfig)model.Adapters[adapter].Config).Rank),
            Density = said["density"]?.GetValue<double>() ?? 1,
            MajoritySign = said["majority_sign_method"]?.GetValue<string>() == "frequency" ? MajoritySign.Frequency : MajoritySign.Total,
            Random = type.StartsWith("dare", StringComparison.Ordinal) ? AfterAttaching(model.Adapters[adapters[0]]) : null,
            ScalesTwice = truncates,
        };
    }

    // The reference library seeds, attaches the new adapter, whose factors it draws at random (A once more after B), and then drops values.
    private static TorchSharp.torch.Generator AfterAttaching(Adapter one)
    {
        var random = new TorchSharp.torch.Generator(1234);
        foreach (ILowRank part in one.Parts.Select(entry => entry.Part).OfType<ILowRank>())
        {
            foreach (Tensor factor in new[] { part.A, part.B, part.A })
            {
                rand(factor.numel(), generator: random);
            }
        }

        return random;
    }

    private static IEnumerable<string> SpecsOf(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        return fixture.Texts("specs");
    }
}
