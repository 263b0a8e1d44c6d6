using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// A method that sits on layers, as the run-time side knows it. Selection, wiring, modules trained in full and biases are the same for all of
/// them and done here; a method says what stands around one layer.
/// </summary>
/// <typeparam name="TConfig">Its configs.</typeparam>
internal abstract class LayerMethod<TConfig> : IAdapterMethod
    where TConfig : LayerAdapterConfig
{
    public abstract MethodFacts Facts { get; }

    public abstract string PeftType { get; }

    public virtual Type ConfigType => typeof(TConfig);

    public virtual bool Reads(ConfigJson file) => file.Text("peft_type") == PeftType;

    public abstract AdapterConfig Read(ConfigJson file);

    public void Attach(nn.Module model, Adapter adapter)
    {
        var config = (TConfig)adapter.Config;
        IReadOnlyList<LayerSlot> layers = [.. SlotTree.Layers(model)];
        TargetSelection selection = Select(model, config, layers);
        IReadOnlyList<(LayerSlot Place, TargetLayer Target)> targets = LayerSelection.Adapted(selection, layers);

        // Both look for what is wrong before the first slot is written.
        Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> around = Around(model, adapter.Name, config, targets);
        Action beside = Beside(model, adapter, config, layers);
        foreach ((LayerSlot place, TargetLayer target) in targets)
        {
            AdapterLayer layer = around((nn.Module<Tensor, Tensor>)place.Layer, target);
            SlotWriter.Write(place, layer);
            adapter.Add(place.Path, layer);
        }

        LayerSelection.SaveModules(selection, [.. SlotTree.Layers(model)], adapter);
        beside();
        if (config.TrainedBiases != BiasTraining.None)
        {
            TrainedBiases.Attach(model, adapter, config.TrainedBiases);
        }
    }

    /// <summary>The layers that a config adapts on a model.</summary>
    /// <exception cref="PeftException">A selector does not fit the model; every problem is listed.</exception>
    internal IReadOnlyList<(LayerSlot Place, TargetLayer Target)> Targets(nn.Module model, TConfig config)
    {
        IReadOnlyList<LayerSlot> layers = [.. SlotTree.Layers(model)];
        return LayerSelection.Adapted(Select(model, config, layers), layers);
    }

    /// <summary>What the config says about which layers to adapt.</summary>
    private protected virtual TargetQuery Query(TConfig config, nn.Module model, IReadOnlyList<LayerSlot> layers) =>
        LayerSelection.Query(config, model);

    /// <summary>Adds what is wrong with what the config says of the adapted layers, beyond which they are.</summary>
    private protected virtual void Check(TConfig config, IReadOnlyList<TargetLayer> adapted, TargetProblems problems)
    {
    }

    /// <summary>Gives what stands around each target, made from the layer that is there now.</summary>
    private protected abstract Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> Around(
        nn.Module model, string adapter, TConfig config, IReadOnlyList<(LayerSlot Place, TargetLayer Target)> targets);

    /// <summary>Gives what is done besides, once the targets have their layers.</summary>
    private protected virtual Action Beside(nn.Module model, Adapter adapter, TConfig config, IReadOnlyList<LayerSlot> layers) => () => { };

    private TargetSelection Select(nn.Module model, TConfig config, IReadOnlyList<LayerSlot> layers) =>
        LayerSelection.Select(model, Facts.Name, Query(config, model, layers) with { Adaptable = Facts.Adaptable }, layers,
            (adapted, problems) => Check(config, adapted, problems));
}
