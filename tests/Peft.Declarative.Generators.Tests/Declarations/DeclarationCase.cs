namespace Peft.Declarative.Generators.Tests.Declarations;

/// <summary>A diagnostic that a declaration must give.</summary>
/// <param name="Ids">The ids that will do; one may end in a star.</param>
/// <param name="Place">Text that the squiggle covers or lies in; empty for anywhere.</param>
/// <param name="Occurrence">Which occurrence of the text, from 1; 0 for any.</param>
internal sealed record Expected(IReadOnlyList<string> Ids, string Place, int Occurrence)
{
    internal bool Allows(string id) => Ids.Any(wanted => wanted.EndsWith('*') ? id.StartsWith(wanted[..^1], StringComparison.Ordinal) : id == wanted);

    internal static Expected Read(string text)
    {
        string[] parts = text.Split(" at ", 2);
        string place = parts.Length > 1 ? parts[1].Trim() : "";
        int hash = place.LastIndexOf('#');
        int occurrence = 0;
        if (hash > 0 && int.TryParse(place[(hash + 1)..], out occurrence)) place = place[..hash];
        return new Expected(parts[0].Trim().Split('|'), place, occurrence);
    }
}

/// <summary>One file of a catalog: the source files of a project, and what compiling and running it must come to.</summary>
internal sealed class DeclarationCase
{
    private static readonly string[] Directives = ["expect", "config", "adapts", "leaves", "run", "refuses", "output", "without", "nullable", "file"];

    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private readonly List<string> _configs = [];

    private DeclarationCase(string name) => Name = name;

    internal string Name { get; }

    internal List<Expected> Expected { get; } = [];

    /// <summary>Whether compiling clean will do as well.</summary>
    internal bool MayBeClean { get; private set; }

    /// <summary>Whether the compiler must have errors of its own, and the library none.</summary>
    internal bool IsForTheCompiler { get; private set; }

    internal bool MustBeClean => Expected.Count == 0 && !IsForTheCompiler;

    internal List<(string Name, string Text)> Files { get; } = [];

    /// <summary>Additional files: the name in <c>configs</c>, and the path that the compiler is told.</summary>
    internal IEnumerable<(string Config, string Path)> Configs => _configs
        .Select(text => text.Split(" as "))
        .Select(parts => (parts[0].Trim(), parts.Length > 1 ? parts[1].Trim() : $"/project/configs/{parts[0].Trim()}"));

    internal IReadOnlyList<string> Adapts => List("adapts");

    internal IReadOnlyList<string> Leaves => List("leaves");

    internal bool Runs => !Setting("run").StartsWith("no", StringComparison.Ordinal);

    /// <summary>The config of the model that is made; empty for the family's own small one.</summary>
    internal string RunConfig => Runs ? Setting("run") : "";

    internal bool MayRefuse => Setting("refuses") == "may";

    internal bool IsProgram => Setting("output") == "exe";

    internal string Without => Setting("without");

    internal bool IsNullable => Setting("nullable") != "disable";

    internal static DeclarationCase Read(string path)
    {
        var read = new DeclarationCase(Path.GetFileNameWithoutExtension(path));
        string file = read.Name + ".cs";
        var lines = new List<string>();
        foreach (string line in File.ReadLines(path))
        {
            (string directive, string value) = Directive(line);
            if (directive == "file")
            {
                read.Add(file, lines);
                (file, lines) = (value, []);
                continue;
            }

            if (directive.Length > 0) read.Take(directive, value);

            // Comments at the top quote the source; a squiggle is looked for in the source only.
            bool remark = line.StartsWith("// ", StringComparison.Ordinal) && lines.All(before => before.Length == 0);
            lines.Add(directive.Length > 0 || remark ? "" : line);
        }

        read.Add(file, lines);
        return read;
    }

    private static (string Name, string Value) Directive(string line)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        string name = line.StartsWith("// ", StringComparison.Ordinal) && colon > 0 ? line[3..colon] : "";
        return Directives.Contains(name) ? (name, line[(colon + 2)..].Trim()) : ("", "");
    }

    private void Take(string directive, string value)
    {
        if (directive == "config")
        {
            _configs.Add(value);
        }
        else if (directive != "expect")
        {
            _settings[directive] = value;
        }
        else if (value == "CS*+")
        {
            IsForTheCompiler = true;
        }
        else if (value != "none")
        {
            MayBeClean |= value.EndsWith(" or none", StringComparison.Ordinal);
            Expected.Add(Declarations.Expected.Read(value.EndsWith(" or none", StringComparison.Ordinal) ? value[..^" or none".Length] : value));
        }
    }

    private void Add(string file, List<string> lines)
    {
        if (lines.Any(line => line.Trim().Length > 0)) Files.Add((file, string.Join('\n', lines) + "\n"));
    }

    private string Setting(string name) => _settings.GetValueOrDefault(name, "");

    private string[] List(string name) => Setting(name).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
