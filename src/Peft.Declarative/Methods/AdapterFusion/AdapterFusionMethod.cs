using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.AdapterFusion;

/// <summary>AdapterFusion at run time: reads AdapterHub's files and attaches fusions by their config.</summary>
internal sealed class AdapterFusionMethod : IAdapterHubMethod
{
    public MethodFacts Facts => AdapterFusionFacts.Method;

    public string PeftType => AdapterFusionFacts.Method.PeftType;

    public Type ConfigType => typeof(AdapterFusionConfig);

    public bool Reads(ConfigJson file) => false;   // Hugging Face PEFT has no fusions

    public AdapterConfig Read(ConfigJson file) => throw file.Wrong("peft_type", "of a method that has such files");

    public bool ReadsAdapterHub(AdapterHubFile file) => file.Blended is not null;

    public AdapterConfig ReadAdapterHub(AdapterHubFile file) => AdapterFusionSettings.Read(file) with { FileNames = file.Blended };

    public void Attach(nn.Module model, Adapter adapter)
    {
        var config = (AdapterFusionConfig)adapter.Config;
        if (config.FileNames is { } fileNames)
        {
            adapter.Config = config = config with { Adapters = [.. fileNames.Select(name => Named(model, adapter.Name, name))] };
        }

        NamedSublayerSlot[] slots = [.. SublayerSlots.Of(model).Where(slot => FusionLayer.MembersAt(slot.SublayerSlot, config).Count > 0)];
        string[] missing = [.. config.Adapters.Where(name => !slots.Any(slot => slot.SublayerSlot.Parts.Any(part => part.AdapterName == name)))];
        if (config.Adapters.Count < 2 || missing.Length > 0)
        {
            throw new PeftException(RuleIds.NothingAdapted, AdapterFusionFacts.WithoutBottlenecks(model.GetType().Name, [.. config.Adapters], missing));
        }

        foreach (NamedSublayerSlot slot in slots)
        {
            var part = new FusionLayer(slot.SublayerSlot, adapter.Name, config);
            slot.SublayerSlot.Add(part);
            adapter.Add(slot.Path, part);
        }

        TrainedHeads.Attach(model, adapter, TrainedHeads.Of(model));
    }

    // The files of the combined adapters can have been loaded under other names.
    private static string Named(nn.Module model, string fusion, string fileName)
    {
        AdapterSet? set = (model as PretrainedModel)?.Adapters;
        return (set?.FirstOrDefault(other => other.Name == fileName) ?? set?.FirstOrDefault(other => other.AdapterHubName == fileName))?.Name
            ?? throw new PeftException(RuleIds.NoSuchAdapter,
                $"The fusion '{fusion}' combines an adapter '{fileName}', which is not on '{model.GetType().Name}'. Load it first, then the fusion.");
    }
}
