using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.BitFit;

/// <summary>BitFit at run time: reads its files and attaches it by its config.</summary>
internal sealed class BitFitMethod : IAdapterMethod
{
    public MethodFacts Facts => BitFitFacts.Method;

    public string PeftType => BitFitFacts.Method.PeftType;

    public Type ConfigType => typeof(BitFitConfig);

    public AdapterConfig Read(ConfigJson file) => file.Layers(new BitFitConfig());

    public void Attach(nn.Module model, Adapter adapter)
    {
        IReadOnlyList<LayerSlot> layers = [.. SlotTree.Layers(model)];
        TargetQuery query = LayerSelection.Query((BitFitConfig)adapter.Config, model) with
        {
            Adaptable = Facts.Adaptable,
            DefaultTargets = LayerSelection.Names(layers),
            BiasesOnly = true,
        };
        TargetSelection selection = LayerSelection.Select(model, "BitFit", query, layers);
        foreach ((LayerSlot place, _) in LayerSelection.Adapted(selection, layers))
        {
            adapter.Add(place.Path, new TrainedBias(place.Adopted(), adapter.Name, adapted: false));
        }

        LayerSelection.SaveModules(selection, layers, adapter);
    }
}
