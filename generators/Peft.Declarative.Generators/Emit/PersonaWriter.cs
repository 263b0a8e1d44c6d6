using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes what the adapters of [Personas] share: one config, and one loop that adds them all to the model.</summary>
/// <param name="plan">The plan of the class.</param>
/// <param name="first">The first of the adapters.</param>
/// <param name="types">The names of types.</param>
internal sealed class PersonaWriter(ModelPlan plan, AdapterPlan first, TypeNames types)
{
    private const int LineLength = 120;

    /// <summary>Gets the name of the method that creates the config.</summary>
    internal static string ConfigMethod(AdapterPlan persona) => $"New{persona.Classes}Config";

    /// <summary>Writes the method that creates the config of each persona.</summary>
    internal void WriteConfig(CodeWriter code)
    {
        AdapterMethod method = first.Spec.Kind;
        ConfigText config = plan.Failure is null ? method.Config(first, types) : method.NeutralConfig(first, types);
        string signature = $"private static {types["AdapterConfig"]} {ConfigMethod(first)}() => new {config.Type}";
        code.Blank();
        if (config.Settings.Count == 0)
        {
            code.Line($"{signature}{(config.Type.EndsWith(")", StringComparison.Ordinal) ? "" : "()")};");
            return;
        }

        using (code.Open(signature, "};"))
        {
            foreach (string setting in config.Settings) code.Line(setting + ",");
        }
    }

    /// <summary>Writes the loop over the personas, with the statements that add one of them.</summary>
    internal void WriteAttachment(CodeWriter code)
    {
        string[] handles = plan.Adapters.Where(adapter => adapter.Spec.Identity.Personas.Equals(first.Spec.Identity.Personas)).Select(adapter => adapter.Handle).ToArray();
        using (code.Open($"foreach ({types["Adapter"]} {first.Variable} in new[] {{ {Wrapped(handles)} }})"))
        {
            first.Spec.Kind.WriteAttachment(code, first, types);
            code.Blank();
            code.Line($"Adapters.Adopt({first.Variable}, active: false);   // until rows name it, or it is activated");
        }
    }

    private static string Wrapped(string[] names)
    {
        var text = new System.Text.StringBuilder();
        int column = 0;
        for (int i = 0; i < names.Length; i++)
        {
            if (i > 0) text.Append(column > LineLength ? ",\n    " : ", ");
            column = (column > LineLength ? 0 : column) + names[i].Length + 2;
            text.Append(names[i]);
        }

        return text.ToString();
    }
}
