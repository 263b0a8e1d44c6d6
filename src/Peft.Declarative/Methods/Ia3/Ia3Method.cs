using Peft.Declarative.Adapters;
using Peft.Declarative.Adapters.Hub;
using Peft.Declarative.Layers;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Ia3;

/// <summary>(IA)³, read from files and attached by config.</summary>
internal sealed class Ia3Method : IHubMethod
{
    public MethodFacts Facts { get; } = new("Ia3", MethodClass.Additive, "on the result of attention layers, on the input of feed-forward layers", "2205.05638");

    public string PeftType => "IA3";

    public Type ConfigType => typeof(Ia3Config);

    public AdapterConfig Read(ConfigJson file) => file.Layers(new Ia3Config
    {
        FeedForward = file.Texts("feedforward_modules"),
        FeedForwardPattern = file.IsText("feedforward_modules") ? file.Text("feedforward_modules") : null,
    });

    public bool ReadsHub(HubFile file) => file.IsUpdate("scale");

    // All factors are on results there, also those of feed-forward networks.
    public AdapterConfig ReadHub(HubFile file)
    {
        ConfigJson settings = file.Settings;
        return settings.Integer("r", 1) != 1 ? throw settings.Wrong("r", "1, as factors have no rank")
            : settings.Number("alpha", 1) != 1 ? throw MethodCatalog.Unsupported(settings.Source, $"'alpha' to {settings.Number("alpha", 1)} for factors")
            : settings.Flag("use_gating") ? throw MethodCatalog.Unsupported(settings.Source, "'use_gating' for factors")
            : new Ia3Config { Source = settings.Json, Targets = file.PathsBefore(HubKeys.Loras), FeedForward = [] };
    }

    public void Attach(nn.Module model, Adapter adapter)
    {
        var config = (Ia3Config)adapter.Config;
        IReadOnlyList<PlacedLayer> layers = [.. SlotTree.Layers(model)];
        TargetSelection selection = LayerSelection.Select(model, "Ia3", LayerSelection.Query(config, model), layers);
        HashSet<string> feedForward = FeedForward(model, config, layers);
        foreach ((PlacedLayer place, _) in LayerSelection.Adapted(selection, layers))
        {
            SlotWriter.Write(place, new Ia3Linear((nn.Module<Tensor, Tensor>)place.Layer, adapter.Name, feedForward.Contains(place.Path)));
        }

        LayerSelection.SaveModules(selection, [.. SlotTree.Layers(model)], adapter.Name);
    }

    // Selected like targets, among all layers: what is not adapted is passed over.
    private static HashSet<string> FeedForward(nn.Module model, Ia3Config config, IReadOnlyList<PlacedLayer> layers)
    {
        bool none = config.FeedForward is null or [] && config.FeedForwardPattern is null;
        if (none && (config.Targets ?? (object?)config.TargetPattern) is not null)
        {
            return [];
        }

        var query = new TargetQuery
        {
            Targets = config.FeedForward,
            TargetPattern = config.FeedForwardPattern,
            DefaultTargets = FamilyDefaults.Of(model, "Ia3.FeedForward"),
            Lenient = config.Source is not null,
        };
        return [.. LayerSelection.Select(model, "Ia3", query, layers).Adapted.Select(selected => selected.Layer.Path)];
    }
}
