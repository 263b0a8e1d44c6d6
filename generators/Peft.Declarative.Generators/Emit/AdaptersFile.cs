using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the file with handles, factories and wiring.</summary>
internal sealed class AdaptersFile
{
    private readonly ModelPlan _plan;
    private readonly ModelDeclaration _declaration;
    private readonly TypeNames _types;
    private readonly Problem? _failure;

    private AdaptersFile(ModelPlan plan)
    {
        _plan = plan;
        _declaration = plan.Declaration;
        _types = new TypeNames(_declaration.Type);
        _failure = plan.Failure;
    }

    internal static string Write(ModelPlan plan)
    {
        var file = new AdaptersFile(plan);
        return FileFrame.Write(plan.Declaration.Type, file._types, [], "", file.Members, file.Table());
    }

    /// <summary>Gets the table in the documentation of the class: matched layers with shapes and counts, size of the file, memory.</summary>
    private IReadOnlyList<string> Table()
    {
        var rows = new List<string>();
        if (_plan.Quantize is { } quantize) rows.AddRange(new QuantizeWriter(_plan, quantize).Report());
        foreach (AdapterPlan adapter in First)
        {
            EquatableArray<string> personas = adapter.Spec.Identity.Personas;
            string each = personas.Count > 0 ? $", for each of {personas.Count} personas: {RuleTexts.Names(personas, "and")}" : "";
            rows.Add($"{adapter.Spec.Written} on {_declaration.Name}{each}");
            if (_failure is null) rows.AddRange(adapter.Spec.Kind.Report(adapter).Select(line => "  " + line));
        }

        if (_failure is not null) rows.Add($"not attached, because of {_failure.Id}: {_failure.Message}");
        else rows.AddRange(ModelReport.Totals(_plan).Select(line => "  " + line));
        return LayerTable.Align(rows).ToList();
    }

    private void Members(CodeWriter code)
    {
        if (!_declaration.Shape.ConstructorOnly)
        {
            foreach (AdapterPlan adapter in _plan.Adapters) WriteHandle(code, adapter);
        }

        if (_declaration.Shape.IsPretrained) new FactoryWriter(_plan, _types).Write(code);
        else new OwnModelWriter(_plan, _types).Write(code);

        if (_declaration.Shape.ConstructorOnly) return;
        foreach (AdapterPlan adapter in First.Where(adapter => adapter.Spec.IsRepeated)) new PersonaWriter(_plan, adapter, _types).WriteConfig(code);
        WriteAttachment(code);
        if (_failure is not null) return;
        foreach (AdapterPlan adapter in First) adapter.Spec.Kind.WriteClasses(code, adapter, _types);
    }

    /// <summary>The adapters without those that repeat one before.</summary>
    private IEnumerable<AdapterPlan> First => _plan.Adapters.Where(adapter => adapter.Spec.IsFirst);

    private void WriteHandle(CodeWriter code, AdapterPlan adapter)
    {
        AdapterMethod method = adapter.Spec.Kind;
        ConfigText config = _failure is null ? method.Config(adapter, _types) : method.NeutralConfig(adapter, _types);
        code.Blank();
        string summary = _failure is null ? method.Summary(adapter, _plan) : $"Not attached, because of {_failure.Id}.";
        code.Line($"/// <summary>{Xml.Escape(summary)}</summary>");
        if (adapter.Spec.IsRepeated)
        {
            code.Line($"public {_types["Adapter"]} {adapter.Handle} {{ get; }} = new({Literal.Of(adapter.Spec.Name)}, {PersonaWriter.ConfigMethod(adapter)}());");
            return;
        }

        if (config.Settings.Count == 0)
        {
            string made = config.Type.EndsWith(")", StringComparison.Ordinal) ? config.Type : config.Type + "()";
            code.Line($"public {_types["Adapter"]} {adapter.Handle} {{ get; }} = new({Literal.Of(adapter.Spec.Name)}, new {made});");
            return;
        }

        using (code.Open($"public {_types["Adapter"]} {adapter.Handle} {{ get; }} = new({Literal.Of(adapter.Spec.Name)}, new {config.Type}", "});"))
        {
            foreach (string setting in config.Settings) code.Line(setting + ",");
        }
    }

    private void WriteAttachment(CodeWriter code)
    {
        if (_declaration.Shape.UserMembers.Contains("AttachAdapters")) return;

        bool own = !_declaration.Shape.IsPretrained;
        code.Blank();
        code.Line("/// <summary>Freezes the base and adds an adapter to every target. The base keeps its weights and their names.</summary>");
        if (own) code.Line("/// <remarks>Train calls it if it was not called before. A constructor can call it after its last layer.</remarks>");
        using (code.Open($"{(own ? "public" : "private")} void AttachAdapters()"))
        {
            if (_failure is not null)
            {
                code.Line(_failure.Throw(_types) + ";");
                return;
            }

            if (own) code.Line("if (Adapters.Count > 0) return;");
            code.Line($"{_types["Base"]}.Freeze(this);");
            code.Line($"using {_types["RandomSeed"]} seed = {_types["RandomSeed"]}.Use({Literal.Of(_declaration.Training.Seed)});   // adapters start the same on every run");
            foreach (AdapterPlan adapter in First)
            {
                code.Blank();
                if (adapter.Spec.IsRepeated)
                {
                    new PersonaWriter(_plan, adapter, _types).WriteAttachment(code);
                    continue;
                }

                adapter.Spec.Kind.WriteAttachment(code, adapter, _types);
                code.Blank();
                code.Line($"Adapters.Adopt({adapter.Handle});");
            }
        }
    }
}
