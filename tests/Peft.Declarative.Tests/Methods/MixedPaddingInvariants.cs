using Peft.Declarative.Adapters;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>
/// Rows of different lengths and adapters in one batch, padded on the left: each is as it is by itself, padded alike. Prompts, prefixes, gates and bottlenecks
/// lie between or over the padding.
/// </summary>
public sealed class MixedPaddingInvariants
{
    private const int Longest = 10;

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (string family in new[] { "llama", "gpt2" })
            {
                foreach (MethodSample sample in MethodSamples.All.Where(sample => sample.Families.Contains(family) && !sample.OverridesBaseIn.Contains(family)))
                {
                    rows.Add(family, sample.Name);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Outputs_OfMixedRowsPaddedOnTheLeft_AreThoseOfEachRowAlone(string family, string method)
    {
        var mixed = MixedRows.Of(family, method);
        using PretrainedModel model = mixed.Model;
        using DisposeScope scope = NewDisposeScope();
        (Tensor ids, Tensor mask, Tensor positions) = Padded();

        Tensor together = Text(model, ids, mask, positions, MixedRows.Names);

        for (int row = 0; row < MixedRows.Names.Count; row++)
        {
            mixed.Activate(row);
            Tensor One(Tensor all) => all.narrow(0, row, 1);
            Tensor alone = Text(model, One(ids), One(mask), One(positions), null).squeeze(0);
            long padding = Longest - One(mask).sum().item<long>();
            Tensor Own(Tensor all) => all.narrow(0, padding, Longest - padding);
            Close.UpToRounding(Own(alone), Own(together[row]), $"row {row} ({MixedRows.Names[row] ?? "base"})");
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Losses_OfMixedRowsPaddedOnTheLeft_GiveEachAdapterItsOwnGradient(string family, string method)
    {
        var mixed = MixedRows.Of(family, method);
        using PretrainedModel model = mixed.Model;
        using DisposeScope scope = NewDisposeScope();
        (Tensor ids, Tensor mask, Tensor positions) = Padded();
        model.Adapters.Activate([.. MixedRows.Names.OfType<string>().Distinct()]);

        Tensor together = Loss(model, ids, mask, positions, MixedRows.Names);
        together.backward();
        Dictionary<string, Tensor> gradients = mixed.TakeGradients();

        double sum = 0;
        for (int row = 0; row < MixedRows.Names.Count; row++)
        {
            mixed.Activate(row);
            Tensor One(Tensor all) => all.narrow(0, row, 1);
            Tensor alone = Loss(model, One(ids), One(mask), One(positions), null);
            sum += alone.item<float>();
            if (MixedRows.Names[row] is not null)
            {
                alone.backward();
            }
        }

        Assert.Equal(sum, together.item<float>(), 1e-6 * sum);
        // A sum over rows. In the perceptron of mix-and-match adapters, gradients of earlier layers are what is left of later ones that cancel.
        Dictionary<string, Tensor> wanted = mixed.TakeGradients();
        double greatest = wanted.Values.Max(gradient => gradient.norm().item<float>());
        foreach ((string key, Tensor expected) in wanted)
        {
            Close.UpToRounding(expected, gradients[key], key, 2e-6, terms: greatest / 4);
        }
    }

    // Each row has other text, and one to four tokens of padding before it.
    private static (Tensor Ids, Tensor Mask, Tensor Positions) Padded()
    {
        Tensor text = MixedRows.Ids;
        List<Tensor> ids = [], masks = [], positions = [];
        for (int row = 0; row < text.size(0); row++)
        {
            long length = Longest - 1 - (row % 4);
            Tensor own = cat([text[row], text[row].flip(0)]).narrow(0, 0, length);
            Tensor Before(Tensor x, long value) => cat([full([Longest - length], value, dtype: ScalarType.Int64), x]);
            ids.Add(Before(own, 1));
            masks.Add(Before(ones_like(own), 0));
            positions.Add(Before(arange(length), 0));
        }

        return (stack(ids), stack(masks), stack(positions));
    }

    private static Tensor Text(PretrainedModel model, Tensor ids, Tensor mask, Tensor positions, IReadOnlyList<string?>? adapters)
    {
        Tensor logits = ((CausalLanguageModel)model).Logits(
            new ModelInput(ids) { AttentionMask = mask, PositionIds = positions, Adapters = adapters });
        return logits.narrow(1, logits.size(1) - Longest, Longest);
    }

    private static Tensor Loss(PretrainedModel model, Tensor ids, Tensor mask, Tensor positions, IReadOnlyList<string?>? adapters)
    {
        // The first token of a text is not learnt, since of some adapters nothing stands before it.
        Tensor labels = ids.masked_fill(positions.eq(0), Losses.Ignored);
        return model.SumLoss(new MicroBatch(ids, labels) { AttentionMask = mask, PositionIds = positions, Adapters = adapters });
    }
}
