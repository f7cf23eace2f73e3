using System.Globalization;
using System.Text;

namespace Idsnn.Datasets;

/// <summary>
/// Unicode's normalisation form C (UAX 15): one spelling for names that look the same, such as é as one character, which Windows and
/// Linux write, and as e with an accent after it, which macOS makes of it. .NET's own gives every text back as it is where
/// globalisation is invariant, as it is here.
/// </summary>
/// <remarks>
/// CanonicalForms.txt is Unicode's table: lines of combining classes with their ranges, of pairs that compose, and of characters that
/// only come apart. Syllables of Hangul follow from their numbers.
/// </remarks>
internal static class CanonicalForm
{
    private const int Hangul = 0xAC00, Lead = 0x1100, Vowel = 0x1161, Tail = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28;

    private static readonly Lazy<Tables> Unicode = new(Tables.Read);

    /// <summary>The text in form C. Halves of surrogate pairs become U+FFFD.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var parts = new List<int>();
        foreach (Rune rune in text.EnumerateRunes()) TakeApart(rune.Value, parts);
        Order(parts);
        return string.Concat(Join(parts).Select(char.ConvertFromUtf32));
    }

    private static void TakeApart(int c, List<int> parts)
    {
        int syllable = c - Hangul;
        if (syllable is >= 0 and < Leads * Vowels * Tails)
        {
            parts.Add(Lead + syllable / (Vowels * Tails));
            parts.Add(Vowel + syllable / Tails % Vowels);
            if (syllable % Tails > 0) parts.Add(Tail + syllable % Tails);
        }
        else if (Unicode.Value.Parts.TryGetValue(c, out int[]? apart))
        {
            foreach (int part in apart) TakeApart(part, parts);
        }
        else
        {
            parts.Add(c);
        }
    }

    /// <summary>Marks between two letters, by their classes; those of one class keep their order.</summary>
    private static void Order(List<int> parts)
    {
        for (int i = 1; i < parts.Count; i++)
        {
            int mark = parts[i], rank = Class(mark), to = i;
            if (rank == 0) continue;
            for (; to > 0 && Class(parts[to - 1]) > rank; to--) parts[to] = parts[to - 1];
            parts[to] = mark;
        }
    }

    /// <summary>Each character joins the last letter before it, unless a mark of its class or above stands between them.</summary>
    private static List<int> Join(List<int> parts)
    {
        var joined = new List<int>();
        int letter = -1, between = 0;
        foreach (int c in parts)
        {
            int rank = Class(c);
            bool free = letter >= 0 && (letter == joined.Count - 1 || (between < rank && between > 0));
            if (free && Joined(joined[letter], c) is { } whole)
            {
                joined[letter] = whole;
                continue;
            }

            if (rank == 0) letter = joined.Count;
            between = rank;
            joined.Add(c);
        }

        return joined;
    }

    private static int? Joined(int first, int second)
    {
        if (first - Lead is >= 0 and < Leads && second - Vowel is >= 0 and < Vowels)
        {
            return Hangul + ((first - Lead) * Vowels + second - Vowel) * Tails;
        }

        bool open = first - Hangul is >= 0 and < Leads * Vowels * Tails && (first - Hangul) % Tails == 0;
        if (open && second - Tail is > 0 and < Tails) return first + second - Tail;
        return Unicode.Value.Pairs.TryGetValue((first, second), out int whole) ? whole : null;
    }

    private static int Class(int c) => Unicode.Value.Classes.GetValueOrDefault(c);

    private sealed record Tables(Dictionary<int, int> Classes, Dictionary<int, int[]> Parts, Dictionary<(int, int), int> Pairs)
    {
        public static Tables Read()
        {
            var tables = new Tables([], [], []);
            using Stream stream = typeof(CanonicalForm).Assembly.GetManifestResourceStream("CanonicalForms.txt")!;
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line) tables.Add(line.Split(' '));
            return tables;
        }

        private void Add(string[] words)
        {
            if (words[0] == "class")
            {
                foreach (string range in words[2..])
                {
                    int[] ends = [.. range.Split('-').Select(Number)];
                    for (int c = ends[0]; c <= ends[^1]; c++) Classes[c] = int.Parse(words[1], CultureInfo.InvariantCulture);
                }

                return;
            }

            int whole = Number(words[1]);
            int[] parts = Parts[whole] = [.. words[2..].Select(Number)];
            if (words[0] == "pair") Pairs[(parts[0], parts[1])] = whole;
        }

        private static int Number(string word) => int.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
