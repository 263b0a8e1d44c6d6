using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the assignments that put adapters into slots: one line per layer of a block, in one loop over the blocks.</summary>
internal sealed class WiringWriter(CodeWriter code, TypeNames types)
{
    private const string Star = ".*.";

    /// <summary>Writes all layers of an adapter.</summary>
    /// <param name="plan">The adapter.</param>
    /// <param name="wrap">Creates the expression for the new layer around the current one of a slot.</param>
    internal void Write(AdapterPlan plan, Func<PlannedLayer, string, string> wrap)
    {
        List<Entry> entries = plan.Adapted.Concat(plan.Saved).Select(layer => new Entry(layer, layer.Layer.Access)).ToList();
        bool isHidden = plan.Spec.IsRepeated && entries.Any(entry => entry.Rest == plan.Variable || entry.Rest.StartsWith(plan.Variable + ".", StringComparison.Ordinal));
        Write(entries, prefix: isHidden ? "this." : "", wrap, plan.Spec.IsRepeated ? [plan.Variable] : []);
    }

    /// <summary>A layer, and the part of its path below the loops that are already written.</summary>
    private sealed record Entry(PlannedLayer Layer, string Rest);

    private void Write(List<Entry> entries, string prefix, Func<PlannedLayer, string, string> wrap, string[] variables)
    {
        foreach (Entry entry in entries.Where(entry => !entry.Rest.Contains(Star))) Assign(entry.Layer, prefix + entry.Rest, wrap);

        var loops = entries
            .Where(entry => entry.Rest.Contains(Star))
            .GroupBy(entry => (List: entry.Rest.Substring(0, entry.Rest.IndexOf(Star, StringComparison.Ordinal)), entry.Layer.Blocks));
        foreach (var loop in loops)
        {
            string variable = loop.Key.Blocks.Count == 1 ? $"{prefix}{loop.Key.List}[{loop.Key.Blocks[0]}]" : Variable(loop.Key.List, variables);
            List<Entry> inside = loop.Select(entry => entry with { Rest = entry.Rest.Substring(loop.Key.List.Length + Star.Length) }).ToList();
            code.Blank();
            if (loop.Key.Blocks.Count == 1)
            {
                Write(inside, variable + ".", wrap, variables);
                code.Blank();
                continue;
            }

            using (OpenLoop(prefix + loop.Key.List, variable, loop.Key.Blocks)) Write(inside, variable + ".", wrap, [.. variables, variable]);
            code.Blank();
        }
    }

    private CodeWriter.Block OpenLoop(string list, string variable, EquatableArray<int> blocks)
    {
        if (blocks.Count == 0) return code.Open($"foreach (var {variable} in {list})");

        bool isRange = blocks.Count > 1 && blocks[blocks.Count - 1] - blocks[0] == blocks.Count - 1;
        CodeWriter.Block block = code.Open(isRange
            ? $"for (int i = {blocks[0]}; i <= {blocks[blocks.Count - 1]}; i++)"
            : $"foreach (int i in new[] {{ {string.Join(", ", blocks)} }})");
        code.Line($"var {variable} = {list}[i];");
        return block;
    }

    private void Assign(PlannedLayer layer, string slot, Func<PlannedLayer, string, string> wrap)
    {
        if (layer.Layer.Form == SlotForm.SublayerSlot)
        {
            code.Line($"{slot}.Add({wrap(layer, slot)});");
            return;
        }

        string present = layer.Layer.IsNullable ? slot + "!" : slot;
        if (layer.Layer.Form == SlotForm.Property)
        {
            code.Line($"{slot} = {wrap(layer, present)};");
            return;
        }

        int dot = slot.LastIndexOf('.');
        string parent = dot < 0 ? "this" : slot.Substring(0, dot);
        string name = layer.Layer.Name == layer.Layer.Member.TrimStart('@') ? $"nameof({slot})" : Literal.Of(layer.Layer.Name);
        code.Line($"{slot} = {types["SlotRegistry"]}.Replace({parent}, {name}, {wrap(layer, present)});");
    }

    private static string Variable(string list, string[] taken)
    {
        string name = Identifiers.ElementOf(list.Substring(list.LastIndexOf('.') + 1).TrimStart('@'));
        return taken.Contains(name) ? name + Literal.Of(taken.Length + 1) : name;
    }
}
