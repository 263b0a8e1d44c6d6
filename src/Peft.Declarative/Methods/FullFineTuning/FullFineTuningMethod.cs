using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.FullFineTuning;

/// <summary>Full fine-tuning of a model or of a part, read from files and attached by config.</summary>
internal sealed class FullFineTuningMethod : IAdapterMethod
{
    public MethodFacts Facts => FullFineTuningFacts.Method;

    public string PeftType => "FULL";

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
        foreach (LayerSlot place in layers.Where(place => chosen.Contains(place.Path)))
        {
            Train(place, adapter);
        }
    }

    private static void Train(LayerSlot place, Adapter adapter)
    {
        WeightLayer layer = place.Adopted();
        if (layer.OwnsWeight)   // a tied head follows the embedding
        {
            adapter.Add(place.Path, new TrainedWeight(layer, adapter.Name, "FullFineTuning"));
        }

        if (layer.BaseBias is not null)
        {
            adapter.Add(place.Path, new TrainedBias(layer, adapter.Name, adapted: false));
        }
    }
}
