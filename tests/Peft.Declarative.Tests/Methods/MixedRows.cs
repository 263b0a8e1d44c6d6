using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>
/// A batch whose rows belong to an adapter of a method, to others of very different kinds, and to the base; and the same rows each by itself.
/// </summary>
internal sealed class MixedRows
{
    /// <summary>The adapter of each row. Rows of one adapter lie apart.</summary>
    internal static IReadOnlyList<string?> Names { get; } = ["default", null, "low rank", "prompt", "default", "prefix", "also low rank"];

    private MixedRows(PretrainedModel model) => Model = model;

    internal PretrainedModel Model { get; }

    /// <summary>Different ids in each row, int64 [rows, time].</summary>
    internal static Tensor Ids => cat([.. Enumerable.Range(0, Names.Count).Select(row => (TinyModels.Ids().narrow(0, row % 2, 1) * (row + 3)).remainder(44) + 2)], 0);

    /// <summary>A model with an adapter of a method and all the others.</summary>
    internal static MixedRows Of(string family, string method)
    {
        PretrainedModel model = TinyFamilies.Make(family);
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(11);
        Invariants.Perturb(Invariants.Attach(model, method));
        Invariants.Perturb(Invariants.Attach(model, new LoraConfig { Rank = 3, Alpha = 6 }, "low rank"));
        Invariants.Perturb(Invariants.Attach(model, new LoraConfig { Rank = 3, Alpha = 3 }, "also low rank"));
        Invariants.Perturb(Invariants.Attach(model, new PromptTuningConfig { Tokens = 5 }, "prompt"));
        Invariants.Perturb(Invariants.Attach(model, new PrefixTuningConfig { Tokens = 4 }, "prefix"));
        return new MixedRows(model);
    }

    /// <summary>Makes the adapter of one row the only active one.</summary>
    internal void Activate(int row) => Model.Adapters.Activate(Names[row] is { } name ? [name] : []);

    /// <summary>What the model makes of the text of rows, or of a class, or of a target.</summary>
    internal Tensor Outputs(Tensor ids, IReadOnlyList<string?>? adapters)
    {
        switch (Model)
        {
            case CausalLanguageModel decoder:
                Tensor logits = decoder.Logits(new ModelInput(ids) { Adapters = adapters });
                return logits.narrow(1, logits.size(1) - ids.size(1), ids.size(1));
            case SequenceClassifier classifier:
                return classifier.Logits(ids, adapters: adapters);
            default:
                var translator = (EncoderDecoderModel)Model;
                return translator.Logits(ids, translator.DecoderIds(ids.flip(1)), adapters: adapters);
        }
    }

    /// <summary>Sum of the losses of rows.</summary>
    internal Tensor Loss(Tensor ids, IReadOnlyList<string?>? adapters) => Model.SumLoss(new MicroBatch(ids, ids)
    {
        ClassLabels = Model is SequenceClassifier ? ids.select(1, 0).remainder(3) : null,
        DecoderIds = Model.DecoderIds(ids),
        Adapters = adapters,
    });

    /// <summary>The gradients of all adapters, by adapter and key, which are then cleared.</summary>
    internal Dictionary<string, Tensor> TakeGradients()
    {
        Dictionary<string, Tensor> gradients = [];
        foreach (Adapter adapter in Model.Adapters)
        {
            foreach (AdapterTensor tensor in adapter.Tensors)
            {
                gradients[$"{adapter.Name}/{tensor.Key}"] = tensor.Value.grad?.clone() ?? zeros_like(tensor.Value);
                tensor.Value.grad = null;
            }
        }

        return gradients;
    }
}
