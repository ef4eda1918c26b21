using KubeDb.CrdGenerator;

var check = args.Contains("--check");
if (args.FirstOrDefault(a => !a.StartsWith('-')) is not { } directory)
{
    Console.Error.WriteLine("usage: crd-generator [--check] DIRECTORY");
    return 2;
}

var files = CrdFiles.Generate();
return check ? CrdFiles.Compare(files, directory, Console.Error) : CrdFiles.Write(files, directory, Console.Out);
