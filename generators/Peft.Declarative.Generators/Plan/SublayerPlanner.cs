using System.Globalization;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Selects the sublayer slots of an adapter, and groups them so that one line of code is for all blocks.</summary>
internal sealed class SublayerPlanner(SublayerAdapterSpec spec, PlanContext context)
{
    private readonly IReadOnlyList<TreeSublayer> _all = context.Declaration.Tree.SublayerSlots;
    private bool _isNarrow;

    /// <summary>A sublayer slot of one block.</summary>
    /// <param name="SublayerSlot">Its node in the tree.</param>
    /// <param name="Indices">The index in each list on its path.</param>
    /// <param name="Block">The index of its block over all lists; a decoder's follow the encoder's.</param>
    private sealed record BlockSlot(TreeSublayer SublayerSlot, int[] Indices, int Block);

    internal PlannedSublayers Plan()
    {
        string model = context.Declaration.Name;
        List<string> sublayers = _all.Select(slot => slot.Sublayer).Distinct().ToList();
        CheckTargets(sublayers);
        for (int i = 0; i < spec.LeaveOut.Count; i++)
        {
            if (spec.LeaveOut[i] < 0 && !context.Layers.IsExact) CheckBlock(spec.LeaveOut[i], int.MaxValue, "LeaveOut", i);
        }

        bool byBlock = spec.LeaveOut.Count > 0 || spec.ReductionPattern.Count > 0;
        List<BlockSlot> wanted = BlockSlots().Where(slot => spec.Targets.Contains(slot.SublayerSlot.Sublayer)).ToList();
        if (context.Layers.IsExact) CheckBlocks(wanted);
        List<BlockSlot> kept = wanted.Where(slot => !spec.LeaveOut.Contains(slot.Block)).ToList();
        bool known = sublayers.Count == 0 || spec.Targets.All(sublayers.Contains);
        if (kept.Count == 0 && known && (context.Layers.IsExact || sublayers.Count == 0 || spec.Targets.Count == 0))
            context.Report(RuleIds.NothingAdapted, RuleTexts.NoSublayers(model, spec.Method, spec.Targets.ToList(), sublayers), spec.Place.At(spec.Targets.Count == 0 ? "Targets" : spec.LeaveOut.Count > 0 && wanted.Count > 0 ? "LeaveOut" : ""));

        return new PlannedSublayers(kept.GroupBy(slot => (slot.SublayerSlot, Reduction: ReductionAt(slot.Block))).Select(Group).ToList(), byBlock && !context.Layers.IsExact);
    }

    /// <summary>Names slots in headers: by their own name, with those of the modules above if that is not unique.</summary>
    internal static string NameOf(PlannedLayer slot)
    {
        string[] parts = slot.Layer.Path.Split('.').Where(part => part != "*").ToArray();
        return parts[parts.Length - 1] == "adapters" ? string.Join(".", parts.Skip(Math.Max(0, parts.Length - 3))) : parts[parts.Length - 1];
    }

    private double ReductionAt(int block) =>
        spec.ReductionPattern.FirstOrDefault(entry => entry.Key == block.ToString(CultureInfo.InvariantCulture))?.Value ?? spec.Reduction;

    private PlannedSublayer Group(IGrouping<(TreeSublayer SublayerSlot, double Reduction), BlockSlot> group)
    {
        TreeLayer slot = group.Key.SublayerSlot.Layer;
        int occurrences = context.Layers.Occurrences(slot);
        bool exact = context.Layers.IsExact;
        long width = context.Layers.Sizes.Product(slot.Output);
        if (width > 1 && width <= group.Key.Reduction && group.Key.Reduction == spec.Reduction && !_isNarrow)
        {
            _isNarrow = true;
            string consequence = $"is as much as the {width.ToString(CultureInfo.InvariantCulture)} values of a token, of which one is left";
            context.Report(RuleIds.UnusualNumber, RuleTexts.UnusualNumber("reduction", spec.Method, context.Declaration.Name, spec.Reduction, consequence, "8 to 64 is common"), spec.Place.At("reduction"));
        }

        bool every = group.Count() == occurrences || !exact;
        var layer = new PlannedLayer(
            slot,
            every ? default : group.Select(entry => entry.Indices[0]).ToEquatableArray(),
            exact ? group.Count() : 0,
            exact ? occurrences : 0,
            width,
            0,
            HasBias: false)
        {
            Setting = new SublayerSetting(width > 0 ? (int)Math.Max(1, Math.Floor(width / group.Key.Reduction)) : 0, group.Key.Reduction),
        };
        return new PlannedSublayer(layer, group.Key.SublayerSlot.Sublayer, group.Key.Reduction);
    }

    private IEnumerable<BlockSlot> BlockSlots()
    {
        var blocks = new List<string>();
        foreach (TreeSublayer slot in _all)
        {
            string list = slot.Layer.Path.Contains(".*") ? slot.Layer.Path.Substring(0, slot.Layer.Path.IndexOf(".*", StringComparison.Ordinal)) : "";
            foreach (int[] indices in context.Layers.IndicesOf(slot.Layer))
            {
                string block = list + string.Concat(indices.Take(1).Select(index => "." + index.ToString(CultureInfo.InvariantCulture)));
                if (!blocks.Contains(block)) blocks.Add(block);
                yield return new BlockSlot(slot, indices, blocks.IndexOf(block));
            }
        }
    }

    private void CheckTargets(List<string> sublayers)
    {
        for (int i = 0; i < spec.Targets.Count && sublayers.Count > 0; i++)
        {
            string target = spec.Targets[i];
            if (sublayers.Contains(target)) continue;

            IReadOnlyList<string> near = NearNames.Of(target, sublayers);
            string text = RuleTexts.SublayerNotFound(context.Declaration.Name, spec.Method, target, near, sublayers);
            context.Report(RuleIds.TargetNotFound, text, spec.Place.At("Targets", i), near);
        }
    }

    private void CheckBlocks(List<BlockSlot> slots)
    {
        if (slots.Count == 0) return;

        int last = slots.Max(slot => slot.Block);
        for (int i = 0; i < spec.LeaveOut.Count; i++) CheckBlock(spec.LeaveOut[i], last, "LeaveOut", i);
        for (int i = 0; i < spec.ReductionPattern.Count; i++)
        {
            CheckBlock(int.Parse(spec.ReductionPattern[i].Key, CultureInfo.InvariantCulture), last, "ReductionPattern", i);
        }
    }

    private void CheckBlock(int block, int last, string argument, int element)
    {
        if (block >= 0 && block <= last) return;

        string text = RuleTexts.LayerOutOfRange(context.Declaration.Name, spec.Method, block, 0, last);
        context.Report(RuleIds.LayerOutOfRange, text, spec.Place.At(argument, element));
    }
}

/// <summary>The slots of one adapter, grouped for writing, and individually for counting.</summary>
/// <param name="Groups">The slots of one line of code each, with their sublayer and reduction.</param>
/// <param name="AtRunTime">Whether the run time selects the slots.</param>
internal sealed record PlannedSublayers(IReadOnlyList<PlannedSublayer> Groups, bool AtRunTime);

/// <summary>The slots after one sublayer, in all blocks or some, with equal settings.</summary>
/// <param name="Layer">The slots, in the form of layers.</param>
/// <param name="Sublayer">The name of the sublayer in declarations.</param>
/// <param name="Reduction">The reduction.</param>
internal sealed record PlannedSublayer(PlannedLayer Layer, string Sublayer, double Reduction);
