using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Structure;

/// <summary>What the README prints is true: its programs compile, and its table of errors is that of the code.</summary>
public class ReadmeTests
{
    private const string Begin = "<!-- errors: written by ErrorTable -->\n";
    private const string End = "<!-- end of errors -->";

    private const string TorchUsings = """
        using Peft.Declarative;
        using Peft.Declarative.Chat;
        using Peft.Declarative.Models;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        """;

    // What an own project has without writing it.
    private const string Implicit = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;

        """;

    public static TheoryData<string, int> Blocks
    {
        get
        {
            var blocks = new TheoryData<string, int>();
            foreach (string file in new[] { "README.md", "src/package/README.md" })
            {
                for (int i = 0; i < Code(file).Length; i++)
                {
                    blocks.Add(file, i);
                }
            }

            return blocks;
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Code_OfAReadme_CompilesAsPrinted(string file, int index)
    {
        string printed = Code(file)[index];

        Generated generated = Generated.Printed(Implicit, Program(printed));

        Assert.Empty(generated.CompilerProblems.Where(problem => problem.Contains("error", StringComparison.Ordinal)));
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void Example_WithTheUsingsOfTorchSharp_CompilesAsPrinted()
    {
        string beside = "using TorchSharp;\nusing TorchSharp.Modules;\nusing static TorchSharp.torch;\nusing static TorchSharp.torch.nn;\n" + Code("README.md")[0];

        Assert.Empty(Generated.Printed(Implicit, beside).CompilerProblems.Where(problem => problem.Contains("error", StringComparison.Ordinal)));
    }

    [Fact]
    public void Table_OfErrors_IsThatOfTheIds()
    {
        string path = Path.Combine(Repository.Root, "README.md");
        string readme = File.ReadAllText(path).ReplaceLineEndings("\n");
        int from = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int to = readme.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("PEFT_NEW_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, readme[..from] + ErrorTable.Write() + readme[to..]);
            return;
        }

        Assert.Equal(ErrorTable.Write(), readme[from..to]);
    }

    [Fact]
    public void Id_OfAnError_HasASentence() => Assert.Empty(ErrorTable.Entries.Where(entry => entry.Text.Length == 0).Select(entry => entry.Id));

    private static string[] Code(string file) => [.. PrintedCode.In(file).Where(printed => !PrintedCode.IsOfAServer(printed))];

    // A whole program, a class, or statements about a model that an earlier example has made.
    private static string Program(string printed)
    {
        if (printed.StartsWith("using Peft.Declarative;", StringComparison.Ordinal))
        {
            return printed;
        }

        if (printed.Contains("partial class", StringComparison.Ordinal))
        {
            return TorchUsings + printed + "\ninternal static class Program { private static void Main() { } }";
        }

        string[] made = ["Persona model", "Tokenizer tokenizer", "TrainingData data"];
        string parameters = string.Join(", ", made.Where(variable => !printed.Contains(variable + " =", StringComparison.Ordinal)));
        return $$"""
            {{TorchUsings}}
            internal static class Program
            {
                private static void Main() { }
                private static void Example({{parameters}})
                {
            {{printed}}
                }
            }

            [Lora(rank: 8)]
            [Training(Epochs = 2)]
            public sealed partial class Persona : LlamaForCausalLM;
            """;
    }
}
