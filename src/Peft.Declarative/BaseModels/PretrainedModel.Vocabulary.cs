using System.Reflection;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative;

// Tokens that are added to the vocabulary.
public abstract partial class PretrainedModel
{
    private int? _originalVocabulary;

    /// <summary>
    /// Adds rows for new tokens to the input embedding and to the output head. Each new row is the mean of the existing ones. Call it before adapters are
    /// attached to these layers or loaded; an adapter that was saved with such rows brings its own values for them.
    /// </summary>
    /// <param name="size">The number of tokens of the extended vocabulary, at least the present one.</param>
    /// <exception cref="PeftException">
    /// PEFT202: the size is below the present one. PEFT303: an adapter sits on the embedding or on the head. PEFT306: an adapter is merged.
    /// </exception>
    /// <example>
    /// <code>
    /// model.ResizeEmbeddings(32_002);         // two tokens more
    /// model.LoadAdapter("adapters/tools");    // trained with these two
    /// </code>
    /// </example>
    public void ResizeEmbeddings(int size)
    {
        using ModelUse.Use change = Adapters.Use.ChangeWeights("resize its embeddings");
        Adapters.RefuseWhileMerged("resize its embeddings");
        int present = Config.VocabularySize;
        if (size < present)
        {
            throw new PeftException(RuleIds.OutOfRange, $"ResizeEmbeddings({size}) would remove tokens of '{GetType().Name}', which has {present}. Give at least {present}.");
        }

        LayerSlot[] slots = [.. VocabularySlots.Of(this)];
        if (slots.FirstOrDefault(slot => slot.Layer is AdapterLayer) is { } adapted)
        {
            string name = ((AdapterLayer)adapted.Layer).AdapterName;
            throw new PeftException(RuleIds.Incompatible,
                $"The adapter '{name}' sits on '{adapted.Path}', whose rows ResizeEmbeddings would change. Resize before you attach or load it.");
        }

        using IDisposable untracked = no_grad();
        foreach (WeightLayer layer in slots.Select(slot => slot.Base!))
        {
            Grow(layer, size);
        }

        _originalVocabulary ??= present;
        Config = Config with { VocabularySize = size };
    }

    private static void Grow(WeightLayer layer, int size)
    {
        using DisposeScope scope = NewDisposeScope();
        if (layer.OwnsWeight)
        {
            Tensor former = layer.BaseWeight;
            layer.weight = Store(Grown(former, size));
            former.Dispose();
        }

        if (layer.BaseBias is { } bias)
        {
            layer.bias = Store(Grown(bias, size));
            bias.Dispose();
        }
    }

    private static Tensor Grown(Tensor rows, int size)
    {
        Tensor mean = rows.detach().to(ScalarType.Float32).mean([0], keepdim: true).to(rows.dtype);
        long[] added = [size - rows.size(0), .. rows.shape.Skip(1)];
        return cat([rows.detach(), mean.expand(added)], 0);
    }
}
