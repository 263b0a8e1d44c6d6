using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots.Sublayers;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Bottleneck;

/// <summary>Bottlenecks in series at run time: reads AdapterHub's files and attaches them by their config.</summary>
internal class BottleneckMethod : IAdapterHubMethod
{
    public virtual MethodFacts Facts => BottleneckFacts.Method;

    public string PeftType => BottleneckFacts.Method.PeftType;

    public virtual Type ConfigType => typeof(BottleneckConfig);

    public bool Reads(ConfigJson file) => false;   // Hugging Face PEFT has no bottlenecks

    public AdapterConfig Read(ConfigJson file) => throw file.Wrong("peft_type", "of a method that has such files");

    public virtual bool ReadsAdapterHub(AdapterHubFile file) => file.Blended is null && file.Architecture == PeftType && !BottleneckAdapterHubSettings.IsParallel(file);

    public virtual AdapterConfig ReadAdapterHub(AdapterHubFile file) => BottleneckAdapterHubSettings.Read(file, new BottleneckConfig());

    public void Attach(nn.Module model, Adapter adapter)
    {
        var config = (BottleneckConfig)adapter.Config;
        NamedSublayerSlot[] slots = [.. Select(model, config)];
        foreach (NamedSublayerSlot slot in slots)
        {
            var part = new BottleneckLayer(slot.SublayerSlot, adapter.Name, config, slot.Block);
            slot.SublayerSlot.Add(part);
            adapter.Add(slot.Path, part);
        }

        if (config.Invertible)
        {
            NiceCoupling.Attach(model, adapter);
        }

        if (config.TrainsHead)
        {
            TrainedHeads.Attach(model, adapter, TrainedHeads.Of(model));
        }
    }

    private IEnumerable<NamedSublayerSlot> Select(nn.Module model, BottleneckConfig config)
    {
        IReadOnlyList<NamedSublayerSlot> all = SublayerSlots.Of(model);
        NamedSublayerSlot[] chosen = [.. all.Where(slot => config.Targets.Contains(slot.SublayerSlot.Kind) && !config.LeaveOut.Contains(slot.Block))];
        if (chosen.Length == 0)
        {
            throw new PeftException(RuleIds.NothingAdapted, RuleTexts.NoSublayers(
                model.GetType().Name, Facts.Name, [.. config.Targets.Select(SublayerNames.Of)], [.. all.Select(slot => SublayerNames.Of(slot.SublayerSlot.Kind)).Distinct()]));
        }

        return chosen.FirstOrDefault(slot => config.ReductionOf.GetValueOrDefault(slot.Block, config.Reduction) <= 0) is { } unnamed
            ? throw new PeftException(RuleIds.OutOfRange, RuleTexts.NoReduction(Facts.Name, model.GetType().Name, unnamed.Block))
            : chosen;
    }
}
