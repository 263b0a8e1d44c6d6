using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the file with handles, factories and wiring.</summary>
internal sealed class AdaptersFile
{
    private readonly ModelPlan plan;
    private readonly ModelDeclaration declaration;
    private readonly TypeNames types;
    private readonly Problem? failure;

    private AdaptersFile(ModelPlan plan)
    {
        this.plan = plan;
        declaration = plan.Declaration;
        types = new TypeNames(declaration.Type);
        failure = plan.Problems.FirstOrDefault(problem => Rules.RuleCatalog.IsError(problem.Id));
    }

    internal static string Write(ModelPlan plan)
    {
        var file = new AdaptersFile(plan);
        return FileFrame.Write(plan.Declaration.Type, file.types, file.Header(), "", file.Members);
    }

    private IEnumerable<string> Header()
    {
        var rows = new List<string>();
        if (plan.Quantize is { } quantize) rows.AddRange(new QuantizeWriter(plan, quantize).Report());
        foreach (AdapterPlan adapter in plan.Adapters)
        {
            rows.Add($"{adapter.Spec.Written} on {declaration.Name}");
            if (failure is null) rows.AddRange(adapter.Spec.Kind.Report(adapter).Select(line => "  " + line));
        }

        if (failure is not null) rows.Add($"not attached, because of {failure.Id}: {failure.Message}");
        else rows.Add("  " + ModelReport.Total(plan));
        return LayerTable.Align(rows);
    }

    private void Members(CodeWriter code)
    {
        foreach (AdapterPlan adapter in plan.Adapters) WriteHandle(code, adapter);
        if (declaration.Shape.IsPretrained) new FactoryWriter(plan, types).Write(code);
        else new OwnModelWriter(plan, types).Write(code);

        WriteAttachment(code);
        if (failure is not null) return;
        foreach (AdapterPlan adapter in plan.Adapters) adapter.Spec.Kind.WriteClasses(code, adapter, types);
    }

    private void WriteHandle(CodeWriter code, AdapterPlan adapter)
    {
        AdapterMethod method = adapter.Spec.Kind;
        ConfigText config = method.Config(adapter, types);
        code.Blank();
        string summary = failure is null ? method.Summary(adapter, plan) : $"Not attached, because of {failure.Id}.";
        code.Line($"/// <summary>{Xml.Escape(summary)}</summary>");
        if (config.Settings.Count == 0)
        {
            string made = config.Type.EndsWith(")", StringComparison.Ordinal) ? config.Type : config.Type + "()";
            code.Line($"public {types["Adapter"]} {adapter.Handle} {{ get; }} = new({Literal.Of(adapter.Spec.Name)}, new {made});");
            return;
        }

        using (code.Open($"public {types["Adapter"]} {adapter.Handle} {{ get; }} = new({Literal.Of(adapter.Spec.Name)}, new {config.Type}", "});"))
        {
            foreach (string setting in config.Settings) code.Line(setting + ",");
        }
    }

    private void WriteAttachment(CodeWriter code)
    {
        if (declaration.Shape.UserMembers.Contains("AttachAdapters")) return;

        bool own = !declaration.Shape.IsPretrained;
        code.Blank();
        code.Line("/// <summary>Freezes the base, then gives every target its adapter. The base keeps its weights and their names.</summary>");
        if (own) code.Line("/// <remarks>Called by Train if it was not called before; a constructor may call it after its last layer.</remarks>");
        using (code.Open($"{(own ? "public" : "private")} void AttachAdapters()"))
        {
            if (failure is not null)
            {
                code.Line($"throw new {types["PeftException"]}({Literal.Of(failure.Id)}, {Literal.Of(failure.Message)});");
                return;
            }

            if (own) code.Line("if (Adapters.Count > 0) return;");
            code.Line($"{types["Base"]}.Freeze(this);");
            code.Line($"{types["Torch"]}.random.manual_seed({Literal.Of(declaration.Training.Seed)});   // adapters start the same on every run");
            foreach (AdapterPlan adapter in plan.Adapters)
            {
                code.Blank();
                adapter.Spec.Kind.WriteAttachment(code, adapter, types);
                code.Blank();
                code.Line($"Adapters.Adopt({adapter.Handle});");
            }
        }
    }
}
