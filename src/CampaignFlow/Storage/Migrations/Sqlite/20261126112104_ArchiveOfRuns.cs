using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CampaignFlow.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ArchiveOfRuns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "trace",
                table: "wf_journal",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "wf_archived_run",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    definition_id = table.Column<string>(type: "TEXT", nullable: false),
                    correlation = table.Column<string>(type: "TEXT", nullable: true),
                    status = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: false),
                    archived_at = table.Column<long>(type: "INTEGER", nullable: false),
                    file = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wf_archived_run", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "wf_sweep",
                columns: table => new
                {
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    node = table.Column<string>(type: "TEXT", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    lease_until = table.Column<long>(type: "INTEGER", nullable: false),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    runs = table.Column<long>(type: "INTEGER", nullable: false),
                    journal_lines = table.Column<long>(type: "INTEGER", nullable: false),
                    signals = table.Column<long>(type: "INTEGER", nullable: false),
                    messages = table.Column<long>(type: "INTEGER", nullable: false),
                    error = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wf_sweep", x => x.day);
                });

            migrationBuilder.CreateIndex(
                name: "ix_wf_instance_definition_id_finished_at",
                table: "wf_instance",
                columns: new[] { "definition_id", "finished_at" },
                filter: "finished_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_wf_archived_run_correlation",
                table: "wf_archived_run",
                column: "correlation");

            migrationBuilder.CreateIndex(
                name: "ix_wf_archived_run_key",
                table: "wf_archived_run",
                column: "key",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "wf_archived_run");

            migrationBuilder.DropTable(
                name: "wf_sweep");

            migrationBuilder.DropIndex(
                name: "ix_wf_instance_definition_id_finished_at",
                table: "wf_instance");

            migrationBuilder.DropColumn(
                name: "trace",
                table: "wf_journal");
        }
    }
}
