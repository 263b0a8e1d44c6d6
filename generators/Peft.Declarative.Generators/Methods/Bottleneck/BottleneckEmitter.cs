using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.Bottleneck;

/// <summary>Writes a bottleneck: its config, its slots, and one class per sublayer with formula and shapes.</summary>
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
            code.Line("// Blocks are selected by index, which needs their number.");
            code.Line($"{types["AdapterWiring"]}.Attach(this, {plan.Variable});");
            return;
        }

        new WiringWriter(code, types).Write(plan with { Saved = default }, (layer, slot) => $"new {ClassName(layer)}({slot}{(_spec.IsRepeated ? ", " + plan.NameText : "")})");
        if (_spec.Invertible) code.Line($"{types["NiceCoupling"]}.Attach(this, {plan.Variable});");
        if (plan.Saved.Count > 0) code.Line($"{types["TrainedHeads"]}.Attach(this, {plan.NameText});");
    }

    internal void WriteClasses(CodeWriter code)
    {
        if (plan.AtRunTime) return;

        foreach (PlannedLayer layer in plan.Adapted.GroupBy(ClassName).Select(same => same.First()))
        {
            // The targets determine the settings of the paper, so they are written here too.
            IEnumerable<string> settings = [$"Reduction = {Literal.Of(SublayerSetting.Of(layer).Reduction)}", .. Targets(), .. Built()];
            code.Blank();
            code.Line($"/// <summary>{Formula(layer)}</summary>");
            code.Line($"private sealed class {ClassName(layer)}({types["SublayerSlot"]} slot{(_spec.IsRepeated ? ", string persona" : "")})");
            code.Line($"    : {types["BottleneckLayer"]}(slot, {(_spec.IsRepeated ? "persona" : Literal.Of(_spec.Name))}, new {ConfigType} {{ {string.Join(", ", settings)} }});");
        }
    }

    private string ConfigType => types[_spec.IsParallel ? "ParallelBottleneckConfig" : "BottleneckConfig"];

    private IEnumerable<string> Targets() =>
        !_spec.IsParallel && _spec.Targets.Contains(SublayerNames.Of(SublayerKind.Attention)) ? [$"Targets = [{string.Join(", ", _spec.Targets.Select(Kind))}]"] : [];

    private IEnumerable<string> Built() => _spec.Settings.Select(setting =>
        $"{setting.Property} = {(setting.EnumType.Length > 0 ? types[setting.EnumType] + "." : "")}{setting.Value}");

    private string Kind(string target) => $"{types["SublayerKind"]}.{SublayerNames.KindOf(target)}";

    private string ClassName(PlannedLayer layer) => layer.ClassName + plan.Classes;

    private string Formula(PlannedLayer layer)
    {
        string width = layer.Output > 0 ? Literal.Of((int)layer.Output) : "hidden";
        string size = SublayerSetting.Of(layer).Size > 0 ? Literal.Of(SublayerSetting.Of(layer).Size) : $"hidden / {RuleTexts.Number(SublayerSetting.Of(layer).Reduction)}";
        string formula = _spec.IsParallel ? $"y + s · (U {_spec.Function}(D x + d) + u)" : $"y + s · (U {_spec.Function}(D z + d) + u)";
        return $"{formula}, D [{size}, {width}], U [{width}, {size}]";
    }
}
