using Peft.Declarative.Adapters;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Vera;

/// <summary>Vector-based random matrix adaptation, read from files and attached by config.</summary>
internal sealed class VeraMethod : IAdapterMethod
{
    public MethodFacts Facts { get; } = new("Vera", MethodClass.Reparameterized, "on the weight, projections shared by all layers", "2310.11454");

    public string PeftType => "VERA";

    public Type ConfigType => typeof(VeraConfig);

    public AdapterConfig Read(ConfigJson file)
    {
        VeraConfig config = VeraConfig.Read(file);
        return config.Rank > 0 ? config : throw file.Wrong("r", "at least 1");
    }

    public void Attach(nn.Module model, Adapter adapter)
    {
        var config = (VeraConfig)adapter.Config;
        IReadOnlyList<PlacedLayer> layers = [.. SlotTree.Layers(model)];
        TargetQuery query = LayerSelection.Query(config, model) with { Adaptable = [LayerKind.Linear, LayerKind.Conv1D, LayerKind.Head] };
        TargetSelection selection = LayerSelection.Select(model, config.Method, query, layers);
        IReadOnlyList<(PlacedLayer Place, SelectedLayer Selected)> targets = LayerSelection.Adapted(selection, layers);
        VeraProjections projections = VeraProjections.Draw(
            config.Rank,
            targets.Max(target => target.Place.Base!.Input),
            targets.Max(target => target.Place.Base!.Output),
            config.Seed,
            targets[0].Place.Base!.weight.device);
        foreach ((PlacedLayer place, _) in targets)
        {
            var frozen = (nn.Module<Tensor, Tensor>)place.Layer;
            SlotWriter.Write(place, new VeraLinear(frozen, adapter.Name, projections, config.Start, config.Dropout));
        }

        LayerSelection.SaveModules(selection, [.. SlotTree.Layers(model)], adapter.Name);
        if (config.Bias != BiasTraining.None)
        {
            TrainedBiases.Attach(model, adapter, config.Bias);
        }
    }
}
