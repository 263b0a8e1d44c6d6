using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Ia3;

/// <summary>(IA)³ at run time: reads its files and attaches it by its config.</summary>
internal sealed class Ia3Method : LayerMethod<Ia3Config>, IAdapterHubMethod
{
    public override MethodFacts Facts => Ia3Facts.Method;

    public override string PeftType => Ia3Facts.Method.PeftType;

    public override AdapterConfig Read(ConfigJson file) => file.Layers(new Ia3Config
    {
        FeedForward = file.Texts("feedforward_modules"),
        FeedForwardPattern = file.IsText("feedforward_modules") ? file.Text("feedforward_modules") : null,
    });

    public bool ReadsAdapterHub(AdapterHubFile file) => file.IsUpdate("scale");

    // There, all factors are on outputs, also those of feed-forward networks.
    public AdapterConfig ReadAdapterHub(AdapterHubFile file)
    {
        ConfigJson settings = file.Settings;
        return settings.Integer("r", 1) != 1 ? throw settings.Wrong("r", "1, as factors have no rank")
            : settings.Number("alpha", 1) != 1 ? throw MethodCatalog.Unsupported(settings.Source, FormattableString.Invariant($"'alpha' to {settings.Number("alpha", 1)} for factors"))
            : settings.Flag("use_gating") ? throw MethodCatalog.Unsupported(settings.Source, "'use_gating' for factors")
            : new Ia3Config { Source = SavedConfig.Of(settings.Json), Targets = file.PathsBefore(AdapterHubKeys.Loras), FeedForward = [] };
    }

    private protected override Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> CreateLayers(
        nn.Module model, string adapter, Ia3Config config, IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> targets)
    {
        bool lenient = config.Source is not null;
        List<TargetLayer> adapted = [.. targets.Select(target => target.Target)];
        var problems = new TargetProblems(model.GetType().Name, Facts.Name, new TargetQuery { Lenient = lenient }, adapted);
        HashSet<string> feedForward = Ia3Sides.FeedForward(
            config.FeedForward, config.FeedForwardPattern, FamilyDefaults.Of(model, TargetGroup.FeedForward), adapted, problems, lenient);
        LayerSelection.Refuse(problems.All);
        return (frozen, target) => new Ia3Linear(frozen, adapter, feedForward.Contains(target.Path));
    }
}
