using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static Peft.Declarative.Tests.Methods.Lora.LayerChanges;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Lora;

/// <summary>
/// The operators as the papers define them, on the whole changes of the weights that the model itself computes, one number after the other. Biases of B are summed.
/// </summary>
public sealed class CombinationOperatorTests
{
    private const int Full = 32;   // the rank of any change
    private const double Density = 0.3;

    private static readonly string[] Targets = ["q_proj", "down_proj"];
    private static readonly (string Name, double Weight)[] Weights = [("first", 0.7), ("second", -0.4), ("third", 1.2)];

    public static IEnumerable<object[]> Rows =>
        from way in (string[])["sum", "prune", "ties", "ties by count"]
        from other in (string[])["rank 5", "rsLoRA", "own bias", "DoRA", "LoHa"]
        select new object[] { way, other };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Combine_ByAnOperator_IsWhatThePaperSays(string way, string other)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        using LlamaForCausalLM model = Model(other);

        model.Adapters.Combine("all", Weights, new LoraCombination
        {
            Operator = way switch { "sum" => CombinationOperator.Linear, "prune" => CombinationOperator.MagnitudePrune, _ => CombinationOperator.Ties },
            MajoritySign = way == "ties by count" ? MajoritySign.Frequency : MajoritySign.Total,
            Density = way == "sum" ? 1 : Density,
            Rank = Full,
        });

        AssertIs(model, (changes, weights) => way switch
        {
            "sum" => Summed(changes, weights),
            "prune" => Summed(Pruned(changes), weights),
            _ => Elected(Pruned(changes), weights, way == "ties by count"),
        });
    }

    [Theory]
    [InlineData(CombinationOperator.DareLinear)]
    [InlineData(CombinationOperator.DareTies)]
    public void Combine_ByDare_DropsAndRescalesEachValue(CombinationOperator way)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        using LlamaForCausalLM model = Model("DoRA");
        var combination = new LoraCombination { Operator = way, Density = 0.6, Rank = Full, Seed = 4 };

        model.Adapters.Combine("all", Weights[..2], combination);

        int[] seen = new int[4];   // of each number: both dropped, the first or the second kept, or both
        foreach ((string path, double[] actual) in Values(model, "all"))
        {
            double[][] changes = [.. Weights[..2].Select(member => Values(model, member.Name)[path])];
            double tolerance = 5e-5 * changes.Max(change => change.Max(Math.Abs));
            for (int i = 0; i < actual.Length; i++)
            {
                int fit = Enumerable.Range(0, 4).MinBy(kept => Math.Abs(Of(kept) - actual[i]));
                Assert.Equal(Of(fit), actual[i], tolerance);
                seen[fit]++;

                double Of(int kept)
                {
                    double[][] left = [.. changes.Select((change, k) => new[] { (kept >> k & 1) == 1 ? change[i] / 0.6 : 0 })];
                    double[] weights = [.. Weights[..2].Select(member => member.Weight)];
                    return (way == CombinationOperator.DareLinear ? Summed(left, weights) : Elected(left, weights, byCount: false))[0];
                }
            }
        }

        double all = seen.Sum();
        if (way == CombinationOperator.DareLinear)   // TIES makes some of the four the same
        {
            Assert.Equal([0.4 * 0.4, 0.6 * 0.4, 0.4 * 0.6, 0.6 * 0.6], seen.Select(count => count / all), (expected, actual) => Math.Abs(expected - actual) < 0.04);
        }

        Assert.All(seen[..3], count => Assert.NotEqual(0, count));
        model.Adapters.Combine("again", Weights[..2], combination);
        model.Adapters.Combine("otherwise", Weights[..2], combination with { Seed = 5 });
        AssertChanges(Changes(model, "all"), model, "again", 0);
        Assert.All(Changes(model, "all"), entry => Assert.False(entry.Value.allclose(Changes(model, "otherwise")[entry.Key])));
    }

    [Theory]
    [InlineData("rank 5")]
    [InlineData("rsLoRA")]
    [InlineData("own bias")]
    public void Negate_AndInterpolate_AreExact(string other)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        using LlamaForCausalLM model = Model(other);

        Assert.Equal(0, model.Adapters.Negate("negated", "second").RelativeError);
        AssertChanges(Sum(model, ("second", -1)), model, "negated", 1e-6);
        foreach (double share in (double[])[-0.5, 0, 0.3, 1, 1.5])
        {
            string name = FormattableString.Invariant($"at {share}");
            Assert.Equal(0, model.Adapters.Interpolate(name, "first", "second", share).RelativeError);
            AssertChanges(Sum(model, ("first", 1 - share), ("second", share)), model, name, 1e-6);
        }
    }

    [Fact]
    public void Negate_OfWhatIsActiveToo_GivesTheBase()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        using LlamaForCausalLM model = Model("own bias");
        model.Adapters.Negate("negated", "second");
        model.Adapters.Activate();
        Tensor expected = TinyFamilies.Outputs(model);

        model.Adapters.Activate("second", "negated");

        Close.To(expected, TinyFamilies.Outputs(model), 1e-4, "logits");
    }

    private static LlamaForCausalLM Model(string other)
    {
        LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, "first", new LoraConfig { Rank = 3, Alpha = 6, Targets = Targets });
        Attach(model, "second", other switch
        {
            "rank 5" => new LoraConfig { Rank = 5, Alpha = 2, Targets = Targets },
            "rsLoRA" => new LoraConfig { Rank = 4, Alpha = 3, UseRsLora = true, Targets = Targets },
            "own bias" => new LoraConfig { Rank = 2, OwnBias = true, Targets = Targets },
            "DoRA" => new DoraConfig { Rank = 3, Targets = Targets },
            _ => new LoHaConfig { Rank = 2, Alpha = 3, Targets = Targets },
        });
        Attach(model, "third", new DoraConfig { Rank = 2, Alpha = 3, Targets = Targets });
        return model;
    }

    private static void AssertIs(LlamaForCausalLM model, Func<double[][], double[], double[]> expected)
    {
        double[] weights = [.. Weights.Select(member => member.Weight)];
        Dictionary<string, double[]>[] members = [.. Weights.Select(member => Values(model, member.Name))], biases = [.. Weights.Select(member => Biases(model, member.Name))];
        Dictionary<string, double[]> actualBiases = Biases(model, "all");
        foreach ((string path, double[] actual) in Values(model, "all"))
        {
            Compare(expected([.. members.Select(member => member[path])], weights), actual, path);
            Compare(Summed([.. biases.Select(bias => bias[path])], weights), actualBiases[path], $"bias of {path}");
        }
    }

    private static void Compare(double[] expected, double[] actual, string what)
    {
        double tolerance = 5e-5 * Math.Max(1, expected.Max(Math.Abs));
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual).Index(), pair => Assert.True(Math.Abs(pair.Item.First - pair.Item.Second) <= tolerance, $"{what} at {pair.Index}: {pair.Item}"));
    }

    private static double[] Summed(double[][] changes, double[] weights) =>
        [.. Enumerable.Range(0, changes[0].Length).Select(i => changes.Select((change, k) => weights[k] * change[i]).Sum())];

    private static double[][] Pruned(double[][] changes) => [.. changes.Select(change =>
    {
        double least = change.Select(Math.Abs).OrderDescending().ElementAt((int)(Density * change.Length) - 1);
        return change.Select(value => Math.Abs(value) >= least ? value : 0).ToArray();
    })];

    // Yadav et al.: the sign is that of the sum, or of the greater number; then the mean of those that have it.
    private static double[] Elected(double[][] changes, double[] weights, bool byCount) => [.. Enumerable.Range(0, changes[0].Length).Select(i =>
    {
        int sign = changes.Sum(change => byCount ? Math.Sign(change[i]) : change[i]) >= 0 ? 1 : -1;
        double[] agreeing = [.. changes.Index().Where(change => Math.Sign(change.Item[i]) == sign).Select(change => weights[change.Index] * change.Item[i])];
        return agreeing.Length == 0 ? 0 : agreeing.Average();
    })];

    // The changes of the weights, [in, out] as one row, and of the biases [out].
    private static Dictionary<string, double[]> Values(LlamaForCausalLM model, string name)
    {
        Dictionary<string, double[]> biases = Biases(model, name);
        return Changes(model, name).ToDictionary(entry => entry.Key, entry => Numbers(entry.Value - tensor(biases[entry.Key], dtype: ScalarType.Float32)));
    }

    private static Dictionary<string, double[]> Biases(LlamaForCausalLM model, string name) => model.Adapters[name].Parts.ToDictionary(entry => entry.Path, entry =>
    {
        var layer = (AdapterLayer)entry.Part;
        Tensor nothing = zeros(1, layer.Base.Input);
        model.Adapters.Activate(name);
        Tensor with = layer.call(nothing);
        model.Adapters.Activate();
        return Numbers(with - layer.call(nothing));
    });

    private static double[] Numbers(Tensor values) => values.detach().to(ScalarType.Float64).reshape(-1).data<double>().ToArray();
}
