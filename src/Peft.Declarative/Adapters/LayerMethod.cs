using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// The base class of methods that adapt layers. Selecting layers, wiring, modules trained in full and biases are the same for all of them and are
/// done here. A method only creates its layer around a target.
/// </summary>
/// <typeparam name="TConfig">The type of its configs.</typeparam>
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
        IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> targets = LayerSelection.Adapted(selection, layers);

        // Both report problems before the first slot is written.
        Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> create = CreateLayers(model, adapter.Name, config, targets);
        Action addOthers = AddOthers(model, adapter, config, layers);
        foreach ((LayerSlot slot, TargetLayer target) in targets)
        {
            AdapterLayer layer = create((nn.Module<Tensor, Tensor>)slot.Layer, target);
            SlotWriter.Write(slot, layer);
            adapter.Add(slot.Path, layer);
        }

        LayerSelection.SaveModules(selection, [.. SlotTree.Layers(model)], adapter);
        addOthers();
        if (config.TrainedBiases != BiasTraining.None)
        {
            TrainedBiases.Attach(model, adapter, config.TrainedBiases);
        }
    }

    /// <summary>Gets the layers that a config adapts on a model.</summary>
    /// <exception cref="PeftException">A selector does not fit the model. The message lists every problem.</exception>
    internal IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> Targets(nn.Module model, TConfig config)
    {
        IReadOnlyList<LayerSlot> layers = [.. SlotTree.Layers(model)];
        return LayerSelection.Adapted(Select(model, config, layers), layers);
    }

    /// <summary>Gets the part of a config that selects layers.</summary>
    private protected virtual TargetQuery Query(TConfig config, nn.Module model, IReadOnlyList<LayerSlot> layers) =>
        LayerSelection.Query(config, model);

    /// <summary>Reports problems of a config with the adapted layers, other than with their selection.</summary>
    private protected virtual void Check(TConfig config, IReadOnlyList<TargetLayer> adapted, TargetProblems problems)
    {
    }

    /// <summary>Returns a function that creates the adapter's layer around the current layer of a target.</summary>
    private protected abstract Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> CreateLayers(
        nn.Module model, string adapter, TConfig config, IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> targets);

    /// <summary>Returns an action that adds other parts of the adapter, after those around the targets.</summary>
    private protected virtual Action AddOthers(nn.Module model, Adapter adapter, TConfig config, IReadOnlyList<LayerSlot> layers) => () => { };

    private TargetSelection Select(nn.Module model, TConfig config, IReadOnlyList<LayerSlot> layers) =>
        LayerSelection.Select(model, Facts.Name, Query(config, model, layers) with { Adaptable = Facts.Adaptable }, layers,
            (adapted, problems) => Check(config, adapted, problems));
}
