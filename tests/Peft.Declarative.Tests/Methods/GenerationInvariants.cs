using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>What must hold for every method on every family that generates.</summary>
public sealed class GenerationInvariants
{
    private const int Padding = 2;

    private static readonly string[] Families = ["llama", "gpt2", "t5"];

    public static TheoryData<string, string> Cached => Rows((sample, _) => !sample.WeighsTheCall);

    public static TheoryData<string, string> Padded => Rows((sample, family) => !sample.WeighsTheCall && !sample.PaddingCountsIn.Contains(family));

    [Theory]
    [MemberData(nameof(Cached))]
    public void Generate_WithCacheAndWithout_GivesTheSameTokens(string family, string method)
    {
        using PretrainedModel model = Adapted(family, method);
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = TinyModels.Ids();

        Tensor cached = Generate(model, ids, ones_like(ids), useCache: true);

        Close.Bits(Generate(model, ids, ones_like(ids), useCache: false), cached, "tokens");
    }

    [Theory]
    [MemberData(nameof(Padded))]
    public void Generate_WithPaddingOnTheLeft_GivesTheSameTokens(string family, string method)
    {
        using PretrainedModel model = Adapted(family, method);
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = TinyModels.Ids().narrow(0, 0, 1);
        Tensor padding = zeros(1, Padding, dtype: ScalarType.Int64);

        Tensor padded = Generate(model, cat([padding, ids], 1), cat([padding, ones_like(ids)], 1), useCache: true);

        Tensor alone = Generate(model, ids, ones_like(ids), useCache: true);
        bool repeatsPrompt = model is CausalLanguageModel;
        Close.Bits(alone, repeatsPrompt ? padded.narrow(1, Padding, padded.size(1) - Padding) : padded, "tokens");
    }

    private static TheoryData<string, string> Rows(Func<MethodSample, string, bool> holds)
    {
        var rows = new TheoryData<string, string>();
        foreach (string family in Families)
        {
            foreach (MethodSample sample in MethodSamples.All.Where(sample => sample.Families.Contains(family) && holds(sample, family)))
            {
                rows.Add(family, sample.Name);
            }
        }

        return rows;
    }

    private static PretrainedModel Adapted(string family, string method)
    {
        PretrainedModel model = TinyFamilies.Make(family);
        using DisposeScope scope = NewDisposeScope();
        Invariants.Perturb(Invariants.Attach(model, method));
        return model;
    }

    private static Tensor Generate(PretrainedModel model, Tensor ids, Tensor mask, bool useCache) =>
        FixtureModel.Of(model).Generate(ids, mask, new GenerationOptions { MaxNewTokens = 8, EosTokenIds = [], UseCache = useCache });
}
