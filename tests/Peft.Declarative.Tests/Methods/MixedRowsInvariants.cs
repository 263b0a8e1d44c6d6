using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>What must hold for every method on every family if rows of one batch have different adapters: each row is as it is by itself.</summary>
public sealed class MixedRowsInvariants
{
    // Products of more rows are rounded in another order, and a gradient is the sum over rows. Adapters compute in float32, so that a model in float64 does, too.
    private const double Tolerance = 2e-6;

    private static readonly string[] Generating = ["llama", "gpt2", "t5"];

    public static TheoryData<string, string> Overriding => Rows((family, sample) => sample.OverridesBaseIn.Contains(family));

    public static TheoryData<string, string> Mixing => Rows((family, sample) => !sample.OverridesBaseIn.Contains(family));

    public static TheoryData<string, string> Continuing => Rows((family, sample) => !sample.OverridesBaseIn.Contains(family) && Generating.Contains(family));

    [Theory]
    [MemberData(nameof(Mixing))]
    public void Outputs_OfMixedRows_AreThoseOfEachRowAlone(string family, string method)
    {
        var mixed = MixedRows.Of(family, method);
        using PretrainedModel model = mixed.Model;
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = MixedRows.Ids;

        Tensor together = mixed.Outputs(ids, MixedRows.Names);

        for (int row = 0; row < MixedRows.Names.Count; row++)
        {
            mixed.Activate(row);
            Tensor alone = mixed.Outputs(ids.narrow(0, row, 1), null).squeeze(0);
            double size = Math.Max(alone.abs().max().item<float>(), 1);
            Close.To(alone / size, together[row] / size, Tolerance, $"row {row} ({MixedRows.Names[row] ?? "base"})");
        }
    }

    [Theory]
    [MemberData(nameof(Mixing))]
    public void Losses_OfMixedRows_GiveEachAdapterItsOwnGradient(string family, string method)
    {
        var mixed = MixedRows.Of(family, method);
        using PretrainedModel model = mixed.Model;
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = MixedRows.Ids;
        model.Adapters.Activate([.. MixedRows.Names.OfType<string>().Distinct()]);

        Tensor together = mixed.Loss(ids, MixedRows.Names);
        together.backward();
        Dictionary<string, Tensor> gradients = mixed.TakeGradients();

        double sum = 0;
        for (int row = 0; row < MixedRows.Names.Count; row++)
        {
            mixed.Activate(row);
            Tensor alone = mixed.Loss(ids.narrow(0, row, 1), null);
            sum += alone.item<float>();
            if (MixedRows.Names[row] is not null)
            {
                alone.backward();
            }
        }

        Assert.Equal(sum, together.item<float>(), Tolerance * Math.Max(sum, 1) * 5);

        // A gradient is a sum of products of those behind it, which can be many times as large and cancel, as in the perceptron of P-tuning: two units in the last
        // place of the greatest remain.
        Dictionary<string, Tensor> expected = mixed.TakeGradients();
        float greatest = expected.Values.Max(gradient => gradient.norm().item<float>());
        foreach ((string key, Tensor gradient) in expected)
        {
            Close.UpToRounding(gradient, gradients[key], key, Tolerance, terms: greatest / 4);
        }
    }

    [Theory]
    [MemberData(nameof(Continuing))]
    public void Generation_OfMixedRows_IsThatOfEachRowAlone(string family, string method)
    {
        var mixed = MixedRows.Of(family, method);
        using PretrainedModel model = mixed.Model;
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = MixedRows.Ids;
        var options = new GenerationOptions { MaxNewTokens = 6, EosTokenIds = [] };

        Tensor together = Generator(model).Generate(ids, null, options, MixedRows.Names);

        for (int row = 0; row < MixedRows.Names.Count; row++)
        {
            mixed.Activate(row);
            Tensor alone = Generator(model).Generate(ids.narrow(0, row, 1), null, options).squeeze(0);
            Close.Bits(alone, together[row], $"row {row} ({MixedRows.Names[row] ?? "base"})");
        }
    }

    [Theory]
    [MemberData(nameof(Overriding))]
    public void Rows_OfAMethodThatChangesTheBase_AreRefused(string family, string method)
    {
        var mixed = MixedRows.Of(family, method);
        using PretrainedModel model = mixed.Model;
        PeftException error = Assert.Throws<PeftException>(() => mixed.Outputs(MixedRows.Ids, MixedRows.Names));

        Assert.Equal("PEFT303", error.Id);
        Assert.Contains("'default'", error.Message, StringComparison.Ordinal);
    }

    private static TextGenerator Generator(PretrainedModel model) =>
        model is CausalLanguageModel decoder ? new TextGenerator(decoder) : new TextGenerator((EncoderDecoderModel)model);

    private static TheoryData<string, string> Rows(Func<string, MethodSample, bool> holds)
    {
        var rows = new TheoryData<string, string>();
        foreach (string family in TinyFamilies.Names)
        {
            foreach (MethodSample sample in MethodSamples.All.Where(sample => sample.Families.Contains(family) && holds(family, sample)))
            {
                rows.Add(family, sample.Name);
            }
        }

        return rows;
    }
}
