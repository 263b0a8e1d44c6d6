using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>Adds trained rows to the embeddings that a low-rank adapter names, and to a tied head.</summary>
public static class LoraTokens
{
    /// <summary>The name of the input embedding in a config, regardless of its name in the model.</summary>
    public const string InputEmbedding = "";

    /// <summary>Trains rows of a model's input embedding, and those of a tied head.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="ids">The ids of the tokens.</param>
    /// <exception cref="PeftException">PEFT202: ids are outside the vocabulary. PEFT101: the model has no embedding.</exception>
    public static void Attach(nn.Module model, string adapter, IReadOnlyList<int> ids)
    {
        var config = new LoraConfig { TrainableTokens = new Dictionary<string, IReadOnlyList<int>> { [InputEmbedding] = ids } };
        _ = Add(model, adapter, Selected(model, config, [.. SlotTree.Layers(model)]));
    }

    internal static IReadOnlyList<(LayerSlot Slot, IReadOnlyList<int> Ids)> Selected(
        nn.Module model, LoraConfig config, IReadOnlyList<LayerSlot> layers)
    {
        LayerSlot[] embeddings = [.. layers.Where(layer => StockLayers.KindOf(layer.Layer) == LayerKind.Embedding)];
        return [.. config.TrainableTokens.Select(entry => (Find(model, embeddings, entry.Key), entry.Value))];
    }

    /// <summary>Adds trained rows to slots.</summary>
    /// <returns>The new parts with the paths of their slots.</returns>
    internal static List<(string Path, AdapterLayer Part)> Add(
        nn.Module model, string adapter, IReadOnlyList<(LayerSlot Slot, IReadOnlyList<int> Ids)> slots)
    {
        List<(string Path, AdapterLayer Part)> parts = [];
        foreach ((LayerSlot found, IReadOnlyList<int> ids) in slots)
        {
            // Found again, because the slot can contain another part of the adapter by now.
            LayerSlot slot = SlotTree.Layers(model).First(layer => layer.Path == found.Path);
            var tokens = new TrainableTokens((nn.Module<Tensor, Tensor>)slot.Layer, adapter, ids);
            SlotWriter.Write(slot, tokens);
            parts.Add((slot.Path, tokens));

            // A head that the adapter trains in full no longer reads the embedding.
            LayerSlot? head = SlotTree.Layers(model).FirstOrDefault(layer => layer.Base is TiedHead tied && tied.Reads(tokens.Base)
                && !SlotTree.AdapterLayers(layer.Layer).Any(part => part is ModuleToSave && part.AdapterName == adapter));
            if (head is not null)
            {
                var rows = new TrainableTokensHead((nn.Module<Tensor, Tensor>)head.Layer, tokens);
                SlotWriter.Write(head, rows);
                parts.Add((head.Path, rows));
            }
        }

        return parts;
    }

    // The input embedding is the first one of the model; GPT-2's second one holds positions.
    private static LayerSlot Find(nn.Module model, LayerSlot[] embeddings, string name) =>
        embeddings.FirstOrDefault(layer => name.Length == 0 || LayerPath.EndsWith(layer.Path, name))
        ?? throw new PeftException(RuleIds.TargetNotFound,
            $"'{model.GetType().Name}' has no embedding named '{name}' for TrainableTokens. "
            + $"Its embeddings are {string.Join(", ", embeddings.Select(layer => layer.Path))}.");
}
