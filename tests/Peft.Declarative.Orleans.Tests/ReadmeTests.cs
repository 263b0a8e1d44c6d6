using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Peft.Declarative.Generators.Tests.Structure;

namespace Peft.Declarative.Orleans.Tests;

/// <summary>What the documents print of servers and clusters compiles.</summary>
public sealed class ReadmeTests
{
    // What a web project with the package has without writing it.
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        global using Microsoft.Extensions.Logging;
        global using Orleans.Hosting;
        global using Peft.Declarative;
        """;

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    [Theory]
    [InlineData("README.md", 1)]
    [InlineData("src/Peft.Declarative.Serving/README.md", 2)]
    [InlineData("src/Peft.Declarative.Orleans/README.md", 3)]
    public void Code_OfAServer_CompilesAsPrinted(string file, int blocks)
    {
        string[] printed = [.. PrintedCode.In(file).Where(PrintedCode.IsOfAServer)];

        Assert.Equal(blocks, printed.Length);
        Assert.All(printed, code => Assert.Empty(Problems(code)));
    }

    private static IEnumerable<Diagnostic> Problems(string printed)
    {
        string builder = printed.Contains("builder =", StringComparison.Ordinal) ? "string[] args" : "WebApplicationBuilder builder";
        string[] usings = [.. printed.Split('\n').TakeWhile(line => line.StartsWith("using ", StringComparison.Ordinal))];
        string body = string.Join('\n', printed.Split('\n').Skip(usings.Length));
        string program = $"{string.Join('\n', usings)}\ninternal static class Program {{ private static void Example({builder}) {{\n{body}\n}} }}";
        return CSharpCompilation.Create("Printed", [CSharpSyntaxTree.ParseText(Usings), CSharpSyntaxTree.ParseText(program)], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
            .GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }
}
