using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>Finds the embeddings whose rows a low-rank adapter trains, and puts the trained rows there and into a tied head.</summary>
public static class LoraTokens
{
    /// <summary>The name under which a config has the rows of the input embedding, whatever the model calls it.</summary>
    public const string InputEmbedding = "";

    /// <summary>Trains rows of a model's input embedding, also where its tied head reads them.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="adapter">Name of the adapter.</param>
    /// <param name="ids">Ids of the tokens.</param>
    /// <exception cref="PeftException">PEFT202: ids outside the vocabulary. PEFT101: the model has no embedding.</exception>
    public static void Attach(nn.Module model, string adapter, IReadOnlyList<int> ids)
    {
        var config = new LoraConfig { TrainableTokens = new Dictionary<string, IReadOnlyList<int>> { [InputEmbedding] = ids } };
        _ = Put(model, adapter, Places(model, config, [.. SlotTree.Layers(model)]));
    }

    internal static IReadOnlyList<(LayerSlot Place, IReadOnlyList<int> Ids)> Places(
        nn.Module model, LoraConfig config, IReadOnlyList<LayerSlot> layers)
    {
        LayerSlot[] embeddings = [.. layers.Where(layer => StockLayers.KindOf(layer.Layer) == LayerKind.Embedding)];
        return [.. config.TrainableTokens.Select(entry => (Find(model, embeddings, entry.Key), entry.Value))];
    }

    /// <summary>Puts trained rows where they belong; gives what was put there.</summary>
    internal static List<(string Path, AdapterLayer Part)> Put(
        nn.Module model, string adapter, IReadOnlyList<(LayerSlot Place, IReadOnlyList<int> Ids)> places)
    {
        List<(string Path, AdapterLayer Part)> parts = [];
        foreach ((LayerSlot found, IReadOnlyList<int> ids) in places)
        {
            // Looked up again: the slot may hold another part of the adapter by now.
            LayerSlot place = SlotTree.Layers(model).First(layer => layer.Path == found.Path);
            var tokens = new TrainableTokens((nn.Module<Tensor, Tensor>)place.Layer, adapter, ids);
            SlotWriter.Write(place, tokens);
            parts.Add((place.Path, tokens));

            // A head that the adapter trains in full no longer reads the embedding.
            LayerSlot? head = SlotTree.Layers(model).FirstOrDefault(layer => layer.Base is TiedHead tied && tied.Reads(tokens.Base)
                && !SlotTree.Around(layer.Layer).Any(part => part is ModuleToSave && part.AdapterName == adapter));
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
