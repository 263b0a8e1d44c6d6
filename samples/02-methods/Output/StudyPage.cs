using System.Globalization;
using System.Net;
using System.Text;

namespace MethodStudy.Output;

/// <summary>One page that needs nothing beside it: the images are in the text.</summary>
internal static class StudyPage
{
    private const string Style =
        "body{font:15px system-ui,sans-serif;max-width:1080px;margin:2em auto;padding:0 1em}table{border-collapse:collapse}"
        + "td,th{padding:.3em .6em;border-bottom:1px solid #ddd;text-align:right}td:first-child,th:first-child{text-align:left}img{max-width:100%}";

    /// <summary>The page.</summary>
    /// <param name="tables">All tables; the first stands before the plots, the others after them.</param>
    /// <param name="plots">Images and their headings.</param>
    internal static string Html(IReadOnlyList<StudyTable> tables, IEnumerable<(string Title, byte[] Png)> plots)
    {
        var html = new StringBuilder($"<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>A study of methods</title><style>{Style}</style>\n");
        html.AppendLine("<h1>Every method on one task</h1>");
        Table(html, tables[0]);
        foreach ((string title, byte[] png) in plots)
        {
            html.AppendLine(CultureInfo.InvariantCulture, $"<h2>{Text(title)}</h2><img alt=\"{Text(title)}\" src=\"data:image/png;base64,{Convert.ToBase64String(png)}\">");
        }

        foreach (StudyTable table in tables.Skip(1))
        {
            Table(html, table);
        }

        return html.AppendLine("</html>").ToString();
    }

    private static void Table(StringBuilder html, StudyTable table)
    {
        html.AppendLine(CultureInfo.InvariantCulture, $"<table><tr>{string.Concat(table.Columns.Select(column => $"<th>{Text(column)}</th>"))}</tr>");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            html.AppendLine(CultureInfo.InvariantCulture, $"<tr>{string.Concat(row.Select(cell => $"<td>{Text(cell)}</td>"))}</tr>");
        }

        html.AppendLine("</table>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
