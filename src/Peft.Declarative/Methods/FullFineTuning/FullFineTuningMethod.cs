using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.FullFineTuning;

/// <summary>Full fine-tuning at run time: reads its files and attaches it by its config.</summary>
internal sealed class FullFineTuningMethod : IAdapterMethod
{
    public MethodFacts Facts => FullFineTuningFacts.Method;

    public string PeftType => FullFineTuningFacts.Method.PeftType;

    public Type ConfigType => typeof(FullFineTuningConfig);

    public AdapterConfig Read(ConfigJson file)
    {
        int last = file.Integer("last_blocks", 0);
        return last < 0 ? throw file.Wrong("last_blocks", "at least 0") : file.Layers(new FullFineTuningConfig { LastBlocks = last });
    }

    public void Attach(nn.Module model, Adapter adapter)
    {
        var config = (FullFineTuningConfig)adapter.Config;
        IReadOnlyList<LayerSlot> layers = [.. SlotTree.Layers(model)];
        TargetQuery query = LayerSelection.Query(config, model) with
        {
            Adaptable = Facts.Adaptable,
            DefaultTargets = LayerSelection.Names(layers),
            LastBlocks = config.LastBlocks,
            TrainsInFull = true,
        };
        TargetSelection selection = LayerSelection.Select(model, "FullFineTuning", query, layers);
        HashSet<string> chosen = [.. selection.Adapted.Select(adapted => adapted.Path), .. selection.Saved.Select(saved => saved.Path)];
        foreach (LayerSlot slot in layers.Where(slot => chosen.Contains(slot.Path)))
        {
            Train(slot, adapter);
        }
    }

    private static void Train(LayerSlot slot, Adapter adapter)
    {
        WeightLayer layer = slot.Adopted();
        if (layer.OwnsWeight)   // a tied head uses the weight of the embedding
        {
            adapter.Add(slot.Path, new TrainedWeight(layer, adapter.Name, "FullFineTuning"));
        }

        if (layer.BaseBias is not null)
        {
            adapter.Add(slot.Path, new TrainedBias(layer, adapter.Name, adapted: false));
        }
    }
}
