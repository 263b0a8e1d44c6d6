using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the members that families inherit and a user's own module lacks: the set of adapters and its operations.</summary>
internal sealed class OwnModelWriter(ModelPlan plan, TypeNames types)
{
    internal void Write(CodeWriter code)
    {
        string set = types["AdapterSet"];
        if (!plan.Declaration.Shape.UserMembers.Contains("Adapters"))
        {
            string field = plan.Declaration.Shape.AdaptersField;
            code.Blank();
            code.Line("/// <summary>The adapters of this model.</summary>");
            code.Line($"public {set} Adapters => {field} ??= new {set}(this);");
            code.Blank();
            code.Line($"private {set}? {field};");
        }

        Forward(code, "SaveAdapter", "Writes the only adapter, or the active one, as a Hugging Face PEFT directory.", "void SaveAdapter(string directory)", "Save(directory)");
        Forward(
            code,
            "LoadAdapter",
            "Reads an adapter from a Hugging Face PEFT directory and makes it the active one.",
            $"{types["Adapter"]} LoadAdapter(string directory, string name = \"default\")",
            "Load(directory, name)",
            attachFirst: true);
        Forward(code, "Merge", "Folds the active adapters into the base weights, so that they cost nothing at inference.", "void Merge()", "Merge()");
        Forward(code, "Unmerge", "Takes merged adapters out again; the base weights are what they were, bit for bit.", "void Unmerge()", "Unmerge()");
    }

    private void Forward(CodeWriter code, string member, string summary, string signature, string call, bool attachFirst = false)
    {
        if (plan.Declaration.Shape.UserMembers.Contains(member)) return;

        code.Blank();
        code.Line($"/// <summary>{summary}</summary>");
        if (!attachFirst)
        {
            code.Line($"public {signature} => Adapters.{call};");
            return;
        }

        using (code.Open($"public {signature}"))
        {
            code.Line("AttachAdapters();   // a file with the name and shape of the declared adapter is loaded into it");
            code.Line($"return Adapters.{call};");
        }
    }
}
