using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;
using Peft.Declarative.Errors;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.AdapterFusion;

/// <summary>Fusions of bottlenecks, read from AdapterHub's files and attached by config.</summary>
internal sealed class AdapterFusionMethod : IAdapterHubMethod
{
    public MethodFacts Facts { get; } = new("AdapterFusion", MethodClass.Additive, AdapterFusionTexts.Place, "2005.00247") { Merges = false };

    public string PeftType => "fusion";

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

        NamedSublayerSlot[] places = [.. SublayerSlots.Of(model).Where(place => FusionLayer.MembersAt(place.SublayerSlot, config).Count > 0)];
        string[] missing = [.. config.Adapters.Where(name => !places.Any(place => place.SublayerSlot.Parts.Any(part => part.AdapterName == name)))];
        if (config.Adapters.Count < 2 || missing.Length > 0)
        {
            throw new PeftException(RuleIds.NothingAdapted, RuleTexts.FusionWithoutBottlenecks(model.GetType().Name, [.. config.Adapters], missing));
        }

        foreach (NamedSublayerSlot place in places)
        {
            place.SublayerSlot.Add(new FusionLayer(place.SublayerSlot, adapter.Name, config));
        }

        TrainedHeads.Attach(model, adapter.Name, TrainedHeads.Of(model));
    }

    // The files of the blended adapters may have been loaded under other names here.
    private static string Named(nn.Module model, string fusion, string fileName)
    {
        AdapterSet? set = (model as PretrainedModel)?.Adapters;
        return (set?.FirstOrDefault(other => other.Name == fileName) ?? set?.FirstOrDefault(other => other.AdapterHubName == fileName))?.Name
            ?? throw new PeftException(RuleIds.NoSuchAdapter,
                $"The fusion '{fusion}' blends an adapter '{fileName}', which is not on '{model.GetType().Name}'. Load it first, then the fusion.");
    }
}
