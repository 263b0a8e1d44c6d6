using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.Bottleneck;

/// <summary>Writes a bottleneck: its config, its places, and one class per sublayer that names formula and shapes.</summary>
internal sealed class BottleneckEmitter(AdapterPlan plan, TypeNames types)
{
    private readonly BottleneckSpec _spec = (BottleneckSpec)plan.Spec;

    internal ConfigText Config()
    {
        var settings = new List<string> { $"Reduction = {Literal.Of(_spec.Reduction)}", $"Targets = [{string.Join(", ", _spec.Targets.Select(Kind))}]" };
        if (_spec.ReductionPattern.Count > 0)
        {
            IEnumerable<string> entries = _spec.ReductionPattern.Select(entry => $"[{entry.Key}] = {Literal.Of(entry.Value)}");
            settings.Add($"ReductionOf = new {types["ReductionByBlock"]} {{ {string.Join(", ", entries)} }}");
        }

        if (_spec.LeaveOut.Count > 0) settings.Add($"LeaveOut = {Literal.Of(_spec.LeaveOut)}");
        settings.AddRange(Built());
        return new ConfigText(ConfigType, settings);
    }

    internal void WriteAttachment(CodeWriter code)
    {
        if (plan.AtRunTime)
        {
            code.Line("// Blocks are chosen by number, so that is done when their number is known.");
            code.Line($"{types["AdapterWiring"]}.Attach(this, {plan.Handle});");
            return;
        }

        new WiringWriter(code, types).Write(plan with { Saved = default }, (place, slot) => $"new {ClassName(place)}({slot})");
        if (_spec.Invertible) code.Line($"{types["NiceCoupling"]}.Attach(this, {plan.Handle});");
        if (plan.Saved.Count > 0) code.Line($"{types["TrainedHeads"]}.Attach(this, {Literal.Of(_spec.Name)});");
    }

    internal void WriteClasses(CodeWriter code)
    {
        if (plan.AtRunTime) return;

        foreach (PlannedLayer place in plan.Adapted.GroupBy(ClassName).Select(same => same.First()))
        {
            // The targets decide what the paper's settings are, so they are told here too.
            IEnumerable<string> settings = [$"Reduction = {Literal.Of(SublayerSetting.Of(place).Reduction)}", .. Targets(), .. Built()];
            code.Blank();
            code.Line($"/// <summary>{Formula(place)}</summary>");
            code.Line($"private sealed class {ClassName(place)}({types["SublayerSlot"]} slot)");
            code.Line($"    : {types["BottleneckLayer"]}(slot, {Literal.Of(_spec.Name)}, new {ConfigType} {{ {string.Join(", ", settings)} }});");
        }
    }

    private string ConfigType => types[_spec.IsParallel ? "ParallelBottleneckConfig" : "BottleneckConfig"];

    private IEnumerable<string> Targets() =>
        !_spec.IsParallel && _spec.Targets.Contains(SublayerNames.Of(SublayerKind.Attention)) ? [$"Targets = [{string.Join(", ", _spec.Targets.Select(Kind))}]"] : [];

    private IEnumerable<string> Built() => _spec.Settings.Select(setting =>
        $"{setting.Property} = {(setting.EnumType.Length > 0 ? types[setting.EnumType] + "." : "")}{setting.Value}");

    private string Kind(string target) => $"{types["SublayerKind"]}.{SublayerNames.KindOf(target)}";

    private string ClassName(PlannedLayer place) => place.ClassName + plan.Handle;

    private string Formula(PlannedLayer place)
    {
        string width = place.Output > 0 ? Literal.Of((int)place.Output) : "hidden";
        string size = SublayerSetting.Of(place).Size > 0 ? Literal.Of(SublayerSetting.Of(place).Size) : $"hidden / {RuleTexts.Number(SublayerSetting.Of(place).Reduction)}";
        string formula = _spec.IsParallel ? $"y + s · (U {_spec.Function}(D x + d) + u)" : $"y + s · (U {_spec.Function}(D z + d) + u)";
        return $"{formula}, D [{size}, {width}], U [{width}, {size}]";
    }
}
